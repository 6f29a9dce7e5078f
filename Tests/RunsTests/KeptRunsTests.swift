// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import Quantities
import SystemPackage
import Testing

@testable import Runs

/// The runs that nobody named.
@Suite struct KeptRunsTests {
  private struct Folder {
    let runs: KeptRuns
    let path: FilePath

    init(below root: FilePath) throws {
      runs = KeptRuns(cache: ContentCache(root: root))
      path = root.appending("runs")
      try HostFile.createDirectory(path)
    }

    /// One that takes `bytes`, and was made days ago.
    func addRun(_ number: Int, bytes: Int = 1, days: Int = 0) throws {
      let folder = path.appending("20260101-00000\(number)-000000000-board-layout")
      try HostFile.createDirectory(folder)
      let console = folder.appending("console.log")
      try HostFile.write([], to: console)
      _ = console.withPlatformString { truncate($0, bytes) }
      var times = [timeval(), timeval()]
      for index in times.indices { times[index].tv_sec = time(nil) - days * 86_400 - 60 }
      _ = folder.withPlatformString { utimes($0, times) }
    }

    var numbers: [String] {
      get throws { try HostFile.names(in: path).map { String($0.dropFirst(14).prefix(1)) } }
    }
  }

  @Test func theOldOnesAreKnownByAgeAndSize() async throws {
    try await HostFile.withTemporaryFolder { root in
      let folder = try Folder(below: root)
      #expect(try folder.runs.all() == nil)
      try folder.addRun(1, bytes: 1000, days: 40)
      try folder.addRun(2, bytes: 100, days: 31)
      try folder.addRun(3, bytes: 10, days: 30)
      let all = try #require(try folder.runs.all())
      #expect(all.count == 3)
      #expect(all.size.bytes == 1110)
      #expect(all.days == 40)
      let old = try #require(try folder.runs.old())
      #expect(old.count == 2)
      #expect(old.size.bytes == 1100)
      folder.runs.remove(old)
      #expect(try folder.numbers == ["3"])
      #expect(try folder.runs.old() == nil)
    }
  }

  /// Another cmalab removes runs as well.
  @Test func oneThatIsGoneMeanwhileIsNoTrouble() async throws {
    try await HostFile.withTemporaryFolder { root in
      let folder = try Folder(below: root)
      try folder.addRun(1, bytes: 1000, days: 40)
      let gone = folder.path.appending("20260101-000002-000000000-board-layout")
      _ = gone.withPlatformString { symlink("gone", $0) }
      #expect(try folder.runs.all()?.days == 40)
      #expect(try folder.runs.old()?.count == 1)
    }
  }

  @Test func aNewOneMakesRoomForItself() async throws {
    try await HostFile.withTemporaryFolder { root in
      let folder = try Folder(below: root)
      let large = Int(KeptRuns.largest.bytes) / 2 + 1
      for number in 1...3 { try folder.addRun(number, bytes: number == 3 ? 1 : large) }
      _ = try folder.runs.next(board: "board", layout: "layout")
      #expect(try folder.numbers == ["2", "3"])
    }
  }
}
