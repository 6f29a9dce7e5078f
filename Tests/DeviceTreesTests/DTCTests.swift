// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import FlattenedTree
import HostFiles
import HostProcesses
import SystemPackage
import Testing

@Suite struct DTCTests {
  @Test func aCompiledTreeIsWhole() async throws {
    let tree = try FlattenedTree(validating: try await compiled())
    #expect(try tree.string("method", of: "/psci") == "smc")
  }

  /// Not the same bytes: dtc gathers the property names anew.
  @Test func compilingTheDecompiledGivesTheSameTree() async throws {
    let source = try await decompiled(try request().blob(completing: try await compiled()))
    let again = try await compiled(source)
    #expect(try await decompiled(again) == source)
    try request().confirm(DeviceTreeContents(of: again))
  }

  @Test func itsErrorsNameTheSourceAndLine() async throws {
    try await withFolder { folder in
      let file = folder.appending("broken.dts")
      try HostFile.write(Array("/dts-v1/;\n/ {\n  oops\n};\n".utf8), to: file)
      let error = await #expect(throws: DTCError.self) { try await DTC().blob(of: file) }
      #expect(error?.file == file)
      #expect(error?.description.contains("broken.dts:4.1-2 syntax error") == true)
    }
  }

  @Test func itsWarningsAreKept() async throws {
    try await withFolder { folder in
      let file = folder.appending("careless.dts")
      try HostFile.write(Array("/dts-v1/;\n/ { memory@0 { }; };\n".utf8), to: file)
      let compiled = try await DTC().blob(of: file)
      #expect(compiled.warnings.contains("careless.dts:2"))
      #expect(compiled.warnings.contains("unit_address_vs_reg"))
      #expect(try FlattenedTree(validating: compiled.blob).hasNode("/memory@0"))
    }
  }

  /// As the HPE DL360 Gen10's: the tree begins in what its first words include.
  @Test func aTreeMayBeginInWhatItIncludes() async throws {
    try await withFolder { folder in
      try HostFile.createDirectory(folder.appending("soc"))
      let files = [
        "board.dts": "// mine\n/include/ \"soc/soc.dtsi\"\n\n/ { model = \"board\"; };\n",
        "soc/soc.dtsi": "/* of the SoC */\n/include/ \"core.dtsi\"\n/ { };\n",
        "soc/core.dtsi": "/dts-v1/;\n/ { };\n",
        "ring.dts": "/include/ \"ring.dts\"\n",
        "part.dts": "/ { model = \"board\"; };\n/include/ \"soc/core.dtsi\"\n",
      ]
      for (name, text) in files {
        try HostFile.write(Array(text.utf8), to: folder.pushing(FilePath(name)))
      }
      let compiled = try await DTC().blob(of: folder.appending("board.dts"))
      #expect(try FlattenedTree(validating: compiled.blob).string("model", of: .root) == "board")
      for name in ["ring.dts", "part.dts"] {
        await #expect(throws: DeviceTreeSourceError.self, "\(name)") {
          try await DTC().blob(of: folder.appending(name))
        }
      }
    }
  }

  @Test func whatIsNoBlobIsNotDecompiled() async throws {
    let error = await #expect(throws: DTCError.self) {
      try await DTC().source(of: Array("not a device tree".utf8))
    }
    #expect(error?.operation == .decompile)
    #expect(error?.said.isEmpty == false)
  }

  @Test func aMissingDTCIsNamed() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await DTC(program: .named("cmalab-no-such-dtc")).source(of: [])
    }
    #expect(error?.reason == .notFound)
  }
}
