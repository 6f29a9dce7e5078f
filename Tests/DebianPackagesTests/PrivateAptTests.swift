// SPDX-License-Identifier: Apache-2.0

import DebianPackages
import HostFiles
import SystemPackage
import Testing

/// What is said of packages that cannot be had: the mirrors of this machine are asked.
@Suite struct PrivateAptTests {
  private func withFolder(_ body: (FilePath) async throws -> Void) async throws {
    let folder = FilePath("/tmp/cmalab-apt-test-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    try await body(folder)
  }

  /// As one that has been archived.
  @Test func aSuiteThatIsNotOnTheMirrorsIsNamed() async throws {
    try await withFolder { folder in
      let apt = PrivateApt(
        suites: ["no-such-suite"], of: try DebianRelease(), architecture: "amd64", root: folder)
      try await apt.update()
      let error = await #expect(throws: DebianError.self) {
        try await apt.version(of: "linux-source-6.1")
      }
      let words = try #require(error).description
      #expect(words.hasPrefix("suite 'no-such-suite' is not on the mirrors"), "\(words)")
      #expect(words.contains("Release"), "\(words)")
    }
  }

  @Test func aReleaseWithoutAMirrorIsNamed() async throws {
    try await withFolder { folder in
      let file = folder.appending("os-release")
      try HostFile.write(Array("ID=debian\nVERSION_CODENAME=hamm\n".utf8), to: file)
      let apt = PrivateApt(
        suites: ["slink"], of: try DebianRelease(describedIn: file), architecture: "amd64",
        root: folder)
      await #expect(throws: DebianError.noMirror(suite: "slink")) { try await apt.update() }
    }
  }

  @Test(arguments: [
    ("ID=ubuntu\nPRETTY_NAME=\"Ubuntu 24.04\"\n", "this machine runs Ubuntu 24.04"),
    ("", "this machine runs an unknown system"),
  ])
  func anotherSystemIsNamed(_ text: String, _ words: String) async throws {
    try await withFolder { folder in
      let file = folder.appending("os-release")
      try HostFile.write(Array(text.utf8), to: file)
      let error = #expect(throws: DebianError.self) { try DebianRelease(describedIn: file) }
      #expect(error?.description.hasPrefix(words) == true)
    }
  }
}
