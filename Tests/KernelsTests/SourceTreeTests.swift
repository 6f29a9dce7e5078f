// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import SystemPackage
import Testing

@testable import Kernels

@Suite struct SourceTreeTests {
  @Test func aTreeTellsItsVersion() throws {
    let makefile = """
      # SPDX-License-Identifier: GPL-2.0
      VERSION = 7
      PATCHLEVEL = 3
      SUBLEVEL = 4
      EXTRAVERSION =

      """
    try withFolder { folder in
      try HostFile.write(Array(makefile.utf8), to: folder.appending("Makefile"))
      #expect(try SourceTree(at: folder).version == "7.3.4")
    }
  }

  @Test func whatIsNoTreeSaysSo() throws {
    try withFolder { folder in
      try HostFile.write(Array("all:\n".utf8), to: folder.appending("Makefile"))
      let tree = SourceTree(at: folder)
      #expect(throws: KernelError.notASource(folder, "its Makefile has no VERSION")) {
        try tree.version
      }
      #expect(throws: KernelError.notASource(folder, "it has no Kconfig")) {
        try tree.check(for: .arm64(nil))
      }
    }
  }

  /// 5.4 has no DMA heaps, no prompt for what they share, and ZONE_DMA on other architectures alone.
  @Test func aTreeOffersWhatHasAPrompt() throws {
    let drivers = """
      menu "Drivers"
      config DMA_SHARED_BUFFER
      \tbool
      \tdefault n
      config DEVTMPFS
      \tbool "Maintain a devtmpfs filesystem"
      menuconfig HEAPS
      \tdef_bool y
      \tprompt "Heaps" if EXPERT
      config AREAS
        int
      comment "int"
      endmenu

      """
    let zone = "config ZONE_DMA\n\tbool \"Support DMA zone\" if EXPERT\n"
    let files = [
      "drivers/Kconfig": drivers, "arch/x86/Kconfig": zone,
      "arch/Kconfig": "config KEXEC\n\tbool \"x\"\n",
      "mm/Kconfig.debug": "config DEBUG\n\tbool \"y\"\n", "mm/cma.c": "config CMA\n\tbool \"z\"\n",
    ]
    try withTree(files) { tree, _ in
      let names = [
        "DMA_SHARED_BUFFER", "DEVTMPFS", "HEAPS", "AREAS", "ZONE_DMA", "KEXEC", "DEBUG", "CMA",
      ]
      let offered = try tree.offered(of: Set(names.map { "CONFIG_\($0)" }), for: .arm64)
      #expect(
        offered.sorted() == ["CONFIG_DEBUG", "CONFIG_DEVTMPFS", "CONFIG_HEAPS", "CONFIG_KEXEC"])
      #expect(try tree.offered(of: ["CONFIG_HEAPS"], for: .arm) == ["CONFIG_HEAPS"])
    }
  }

  private func withTree(
    _ files: [String: String], _ body: (SourceTree, FilePath) throws -> Void
  ) throws {
    try withFolder { folder in
      let parts = ["Makefile": "", "Kconfig": "", "arch/arm64/Kconfig": ""]
      for (name, text) in parts.merging(files, uniquingKeysWith: { $1 }) {
        let file = folder.pushing(FilePath(name))
        try HostFile.createDirectory(file.removingLastComponent())
        try HostFile.write(Array(text.utf8), to: file)
      }
      try body(SourceTree(at: folder), folder)
    }
  }

  @Test(arguments: ["include/config/auto.conf", "arch/arm64/include/generated/asm-offsets.h"])
  func whatWasBuiltInPlaceIsRefused(file: String) throws {
    try withTree([file: ""]) { tree, folder in
      let error = #expect(throws: KernelError.builtInPlace(folder)) {
        try tree.check(for: .arm64(nil))
      }
      #expect(error?.description.contains("run 'make mrproper' there") == true)
    }
    try withTree([file: ""].filter { $0.key.hasPrefix("arch") }) { tree, _ in
      #expect(throws: KernelError.self) { try tree.check(for: .arm(hasLPAE: false)) }
    }
  }

  @Test func aDefconfigIsOneOfTheTree() throws {
    let configs = "arch/arm64/configs"
    try withTree(["\(configs)/defconfig": "", "\(configs)/vendor/a_defconfig": "a"]) {
      tree, folder in
      try tree.check(.defconfig("defconfig"), for: .arm64)
      try tree.check(.defconfig("vendor/a_defconfig"), for: .arm64)
      for name in ["b_defconfig", "../arm64/configs/defconfig", "/etc/passwd", "-n", "Image", ""] {
        let error = #expect(throws: KernelError.self) {
          try tree.check(.defconfig(name), for: .arm64)
        }
        #expect(
          error
            == .unknownDefconfig(
              name, of: folder.pushing(FilePath(configs)),
              known: ["defconfig", "vendor/a_defconfig"]))
      }
      #expect(throws: KernelError.self) { try tree.check(.defconfig("defconfig"), for: .arm) }
    }
  }

  private let foreign = """
    #
    # Automatically generated file; DO NOT EDIT.
    # Linux/x86 6.1.192 Kernel Configuration
    #
    CONFIG_X86=y

    """

  @Test func aConfigurationOfOthersIsRefused() throws {
    try withTree([".config": foreign]) { tree, folder in
      let file = folder.appending(".config")
      #expect(throws: KernelError.configurationOfOthers(file, "x86", .arm64)) {
        try tree.check(.ownConfiguration, for: .arm64)
      }
    }
    let own = foreign.replacing("x86", with: "arm64")
    for text in [own, "CONFIG_CMA=y\n"] {
      try withTree([".config": text]) { tree, _ in
        let bytes = try tree.configuration(for: .arm64)
        #expect(bytes == Array(text.utf8))
      }
    }
  }

  @Test func aTreesConfigurationIsSeen() throws {
    try withTree([".config": "", ".git/HEAD": "", "mm/cma.c": "int cma;"]) { tree, folder in
      #expect(tree.isConfigured)
      #expect(KernelBase(of: folder, defconfig: nil) == .ownConfiguration)
      #expect(KernelBase(of: folder, defconfig: "defconfig") == .defconfig("defconfig"))
      try withFolder { elsewhere in
        let view = elsewhere.appending("view")
        try tree.makeView(at: view)
        try tree.makeView(at: view)
        let names = try HostFile.names(in: view)
        #expect(names.sorted() == ["Kconfig", "Makefile", "arch", "mm"])
        #expect(HostFile.exists(view.pushing("mm/cma.c")))
      }
      #expect(HostFile.exists(folder.pushing("mm/cma.c")))
    }
    try withTree([:]) { tree, folder in
      #expect(!tree.isConfigured)
      #expect(KernelBase(of: folder, defconfig: nil) == .fragments)
    }
  }
}
