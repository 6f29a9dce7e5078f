// SPDX-License-Identifier: Apache-2.0

import HostFiles
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
        try tree.check(for: "arch/arm64/Kconfig")
      }
    }
  }
}
