// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// A tree with a configuration of its own: what make is asked for, what is told, and what is refused. The
/// tree here has a makefile that answers as Kconfig does, and no kernel.
@Suite struct OwnConfigurationTests {
  /// Kconfig's rules: the later line counts; CONFIG_CMA_DEBUGFS needs CONFIG_DEBUG_FS, and there is no
  /// CONFIG_KALLSYMS where CONFIG_SMALL is.
  private static let makefile = #"""
    %_defconfig:
    	cp arch/arm64/configs/$@ $(O)/.config
    olddefconfig:
    	awk -F= '/^CONFIG_/ { v[$$1] = $$0 } /^# CONFIG_.* is not set/ { v[$$2] = ""; \
    	  split($$0, w, " "); delete v[w[2]] } END { for (n in v) if (v[n] && \
    	  !(n == "CONFIG_KALLSYMS" && v["CONFIG_SMALL"])) print v[n] }' $(O)/.config | sort \
    	  > $(O)/.config.new
    	mv $(O)/.config.new $(O)/.config
    Image modules_prepare:
    	@echo "mm/cma.c:1:1: error: $(CURDIR) has no code" >&2; exit 1

    """#

  private func build(
    _ scratch: ScratchFolder, _ files: [String: String], _ arguments: String...
  ) async throws -> CMALabResult {
    let parts = ["Makefile": Self.makefile, "Kconfig": "", "arch/arm64/Kconfig": ""]
    for (name, text) in parts.merging(files, uniquingKeysWith: { $1 }) {
      _ = try scratch.write(text, to: "linux/\(name)")
    }
    var build = CMALabProcess(
      ["build", "kernel", "--kernel-source", scratch["linux"].string] + arguments)
    build.environment = ["CMALAB_CACHE": scratch["cache"].string]
    return try await build.result()
  }

  private let vendor = "CONFIG_CMA=y\nCONFIG_CMA_AREAS=19\nCONFIG_CMDLINE_FORCE=y\n"

  @Test func whatIsAddedIsTold() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await build(
        scratch, ["arch/arm64/configs/vendor_defconfig": vendor], "--defconfig", "vendor_defconfig",
        "--kconfig-add", "CONFIG_CMA_AREAS=3")
      #expect(result.status == .exited(2))
      let told = result.errors.split(separator: "\n").map {
        $0.split(separator: " ").joined(separator: " ")
      }
      let title = " options of vendor_defconfig of \(scratch["linux"]) changed for the guest"
      #expect(told.contains { $0.contains(title) }, "\(result.errors)")
      for row in [
        "CONFIG_CMA_AREAS 19 3 3", "CONFIG_CMDLINE_FORCE y n n", "CONFIG_DEBUG_FS n y y",
      ] { #expect(told.contains(row), "\(row): \(result.errors)") }
      #expect(!told.contains { $0.hasPrefix("CONFIG_CMA ") })
      #expect(result.errors.contains("the kernel did not build: make Image failed:"))
    }
  }

  @Test func theConfigurationInTheTreeIsTaken() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await build(scratch, [".config": vendor, "mm/cma.c": ""])
      #expect(result.errors.contains(" options of .config of \(scratch["linux"]) changed"))
      // Make works where the tree has no .config, and sees all else.
      #expect(result.errors.contains("/source has no code"), "\(result.errors)")
      #expect(
        try HostFile.names(in: scratch["linux"]) == [
          ".config", "Kconfig", "Makefile", "arch", "mm",
        ])
    }
  }

  /// A tree that is older than all lines lacks what came later, unless the user asks for that.
  @Test func whatATreeDoesNotHaveIsLeftOut() async throws {
    let makefile = #"""
      allnoconfig:
      	grep -v HEAPS $(KCONFIG_ALLCONFIG) > $(O)/.config
      Image modules_prepare:
      	@echo "mm/cma.c:1:1: error: no code for $(KCFLAGS)" >&2; exit 1

      """#
    try await ScratchFolder.with { scratch in
      let files = ["Makefile": makefile, "mm/Kconfig": "config CMA\n\tbool \"pools\"\n"]
      let older = try await build(scratch, files)
      #expect(
        older.errors.contains(
          "\(scratch["linux"]) has no CONFIG_DMABUF_HEAPS, CONFIG_DMABUF_HEAPS_CMA: built without"),
        "\(older.errors)")
      #expect(older.errors.contains("the kernel did not build: make Image failed:"))
      // Nor does a compiler that is newer than the tree fail for what it warns of.
      #expect(older.errors.contains("error: no code for -Wno-error"))
      let asked = try await build(scratch, files, "--kconfig-add", "CONFIG_DMABUF_HEAPS=y")
      #expect(asked.errors.contains("did not keep what was asked for"), "\(asked.errors)")
      #expect(asked.errors.contains("  CONFIG_DMABUF_HEAPS=y\n"))
      #expect(!asked.errors.contains("  CONFIG_DMABUF_HEAPS_CMA=y\n"))
    }
  }

  @Test func whatDoesNotSurviveIsAnErrorByName() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await build(
        scratch, ["arch/arm64/configs/vendor_defconfig": vendor + "CONFIG_SMALL=y\n"],
        "--defconfig", "vendor_defconfig")
      #expect(result.status == .exited(2))
      #expect(result.errors.contains("did not keep what was asked for"))
      #expect(result.errors.contains("\n  CONFIG_KALLSYMS=y\n"), "\(result.errors)")
      let rows = result.errors.split(separator: "\n").map { $0.split(separator: " ") }
      #expect(rows.contains(["CONFIG_KALLSYMS", "n", "y", "n"]))
    }
  }

  @Test func whatTheTreeDoesNotHaveIsNamed() async throws {
    try await ScratchFolder.with { scratch in
      let configs = ["arch/arm64/configs/vendor_defconfig": vendor]
      let unknown = try await build(scratch, configs, "--defconfig", "vender_defconfig")
      #expect(unknown.status == .exited(2))
      #expect(
        unknown.complaints == [
          "cmalab: error: \(scratch["linux"])/arch/arm64/configs has no 'vender_defconfig': did you mean "
            + "'vendor_defconfig'? (known: vendor_defconfig)"
        ])
      let built = try await build(
        scratch, configs.merging(["include/config/auto.conf": ""]) { $1 }, "--defconfig",
        "vendor_defconfig")
      #expect(built.complaints.first?.contains("has been built in its own folder") == true)
    }
  }
}
