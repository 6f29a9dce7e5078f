// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Records
import SystemPackage
import Testing

/// Where a run may be written: into a new folder, an empty one, or over a former run of ours, by one
/// run at a time.
@Suite struct RunFolderTests {
  private func withFolder<Result>(
    _ body: (FilePath) async throws -> Result
  ) async throws -> Result {
    let folder = FilePath("/tmp/cmalab-run-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    return try await body(folder)
  }

  private func write(_ text: String, to file: FilePath) throws {
    try HostFile.createDirectory(file.removingLastComponent())
    try HostFile.write(Array(text.utf8), to: file)
  }

  @Test(arguments: ["", "{}", #"{"schema":"another.run/1"}"#, "no JSON"])
  func aFileOfThatNameIsNoProof(record: String) async throws {
    try await withFolder { folder in
      try write(record, to: folder.appending(RunFolder.recordName))
      try write("mine", to: folder.appending(RunFolder.sourceName))
      #expect(throws: RunFolderError.inUse(folder)) { try RunFolder(forNewRunAt: folder) }
      #expect(HostFile.exists(folder.appending(RunFolder.sourceName)))
    }
  }

  @Test func aFolderInAFilesPlaceIsTheUsers() async throws {
    try await withFolder { folder in
      try write(try Fixture.record, to: folder.appending(RunFolder.recordName))
      let thesis = folder.pushing(FilePath("\(RunFolder.imageName)/sub/thesis.txt"))
      try write("years of work", to: thesis)
      #expect(throws: RunFolderError.inUse(folder)) { try RunFolder(forNewRunAt: folder) }
      RunFolder(reading: folder).discardFiles()
      #expect(HostFile.exists(thesis))
      // Not even where it comes later.
      #expect(throws: HostFileError.self) { try RunFolder(reading: folder).clear() }
      #expect(HostFile.exists(thesis))
    }
  }

  @Test func aFormerRunIsReplacedAndWhatElseIsThereStays() async throws {
    try await withFolder { folder in
      try write(try Fixture.record, to: folder.appending(RunFolder.recordName))
      try write("old", to: folder.appending(RunFolder.consoleName))
      try write("mine", to: folder.appending("notes.txt"))
      let run = try RunFolder(forNewRunAt: folder)
      try await run.reserved { try run.clear() }
      #expect(try HostFile.names(in: folder) == ["notes.txt", RunFolder.recordName])
    }
  }

  @Test func aFolderIsWrittenByOneRunAtATime() async throws {
    try await withFolder { folder in
      let path = folder.appending("run")
      let first = try RunFolder(forNewRunAt: path)
      try await first.reserved {
        let second = try RunFolder(forNewRunAt: path)
        await #expect(throws: RunFolderError.busy(path)) { try await second.reserved {} }
        #expect(HostFile.isDirectory(path))
      }
      // The lock is free again, and a run that wrote nothing leaves nothing.
      try await first.reserved {}
      #expect(!HostFile.exists(path))
    }
  }

  @Test func ofARunThatCameToNothingNothingStays() async throws {
    struct Trouble: Error {}
    try await withFolder { folder in
      let path = folder.appending("a").appending("b")
      let run = try RunFolder(forNewRunAt: path)
      await #expect(throws: Trouble.self) {
        try await run.reserved {
          try write("half", to: path.appending(RunFolder.consoleName))
          run.discardFiles()
          throw Trouble()
        }
      }
      #expect(try HostFile.names(in: folder).isEmpty)
    }
  }
}
