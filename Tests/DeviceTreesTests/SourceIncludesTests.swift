import HostFiles
import HostProcesses
import SystemPackage
import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import DeviceTrees

/// What a source may have dtc read beside itself.
@Suite struct SourceIncludesTests {
  private static let root = "/dts-v1/;\n/ {\n"

  private func compile(_ text: String, in folder: FilePath) async throws -> [UInt8] {
    let file = folder.appending("board.dts")
    try HostFile.write(Array(text.utf8), to: file)
    return try await DTC().blob(of: file).blob
  }

  @Test func aFileBesideTheSourceIsTakenIn() async throws {
    try await withFolder { folder in
      try HostFile.createDirectory(folder.appending("parts"))
      try HostFile.write(
        Array("/ { data = /incbin/(\"data.bin\"); };\n".utf8),
        to: folder.appending("parts").appending("part.dtsi"))
      try HostFile.write([1, 2, 3], to: folder.appending("parts").appending("data.bin"))
      let blob = try await compile(
        "/dts-v1/;\n/include/ \"parts/part.dtsi\"\n", in: folder)
      #expect(blob.firstRange(of: [1, 2, 3]) != nil)
    }
  }

  @Test(
    arguments: [
      "a = /incbin/(\"/dev/zero\");", "a = /incbin/ ( /* \" */ \"/etc/hostname\");",
      "a = /incbin/(\"../secret\", 0, 4);", "};\n/include/ \"/etc/hostname\"\n/ {",
      "a = /incbin/(\"link\");", "a = /incbin/(\"fifo\");", "a = /incbin/(\"\\x2fetc/hostname\");",
      "a = '\"'; b = /incbin/(\"/dev/zero\");", "};\n/include/ \"inner.dtsi\"\n/ {",
    ])
  func aFileFromElsewhereIsRefused(_ line: String) async throws {
    try await withFolder { outer in
      let folder = outer.appending("source")
      try HostFile.createDirectory(folder)
      try HostFile.write(Array("secret".utf8), to: outer.appending("secret"))
      let made = try await ToolCommand(
        .named("sh"), ["-c", "ln -s ../secret link && mkfifo fifo"], directory: folder
      ).collect()
      #expect(made.status.isSuccess)
      try HostFile.write(
        Array("/ { x = /incbin/(\"../secret\"); };\n".utf8), to: folder.appending("inner.dtsi"))
      let started = ContinuousClock.now
      await #expect(throws: (any Error).self) {
        try await compile(Self.root + line + "\n};\n", in: folder)
      }
      #expect(ContinuousClock.now - started < .seconds(20))
    }
  }

  @Test func theErrorNamesThePlace() async throws {
    try await withFolder { folder in
      let error = await #expect(throws: SourceIncludeError.self) {
        try await compile(Self.root + "a = /incbin/(\"/dev/zero\");\n};\n", in: folder)
      }
      let words = error.map(String.init(describing:)) ?? ""
      #expect(words.contains("board.dts:3: /incbin/ of '/dev/zero' is refused: it is outside of"))
    }
  }

  @Test(
    arguments: [
      "// /incbin/(\"/dev/zero\")\n", "/* /include/ \"/dev/zero\" */\n",
      "a = \"/incbin/(\\\"/dev/zero\\\")\";\n",
    ])
  func textThatOnlyLooksLikeADirectiveIsNone(_ line: String) {
    #expect(SourceIncludes.directives(of: Array(line.utf8)).isEmpty)
  }

  /// Looking for the end of each would take time by the square of the length.
  @Test func commentsWithoutAnEndAreReadInOnePass() {
    let source = Array(repeatElement(Array("/* ".utf8), count: 200_000).joined())
    let started = ContinuousClock.now
    #expect(SourceIncludes.directives(of: source).isEmpty)
    #expect(ContinuousClock.now - started < .seconds(60))
  }

  @Test func filesThatIncludeEachOtherComeToAnEnd() async throws {
    try await withFolder { folder in
      try HostFile.write(
        Array("/include/ \"b.dtsi\"\n".utf8), to: folder.appending("a.dtsi"))
      try HostFile.write(
        Array("/include/ \"a.dtsi\"\n".utf8), to: folder.appending("b.dtsi"))
      await #expect(throws: DTCError.self) {
        try await compile("/dts-v1/;\n/include/ \"a.dtsi\"\n", in: folder)
      }
    }
  }
}
