// SPDX-License-Identifier: Apache-2.0

import Boards
import FoundationEssentials
import Quantities
import SystemPackage
import Testing
import YAMLFiles

@Suite struct BoardCatalogueTests {
  /// A catalogue of one directory with these files, for as long as `body` runs.
  private func withCatalogue(
    _ files: [String: [UInt8]], _ body: (BoardCatalogue) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files {
      try Data(bytes).write(to: folder.appending(path: name))
    }
    try body(BoardCatalogue(directory: FilePath(folder.path)))
  }

  private var sample: [UInt8] { Array(SampleBoard.text.utf8) }

  @Test func listsBoardsByName() throws {
    let files = ["b.yaml", "a-1.yaml", "README.md", "Upper.yaml", ".yaml", "a b.yaml"]
    try withCatalogue(Dictionary(uniqueKeysWithValues: files.map { ($0, []) })) { catalogue in
      let names = try catalogue.names()
      #expect(names == ["a-1", "b"])
    }
  }

  @Test func readsByNameAndByPath() throws {
    try withCatalogue(["sample.yaml": sample]) { catalogue in
      let byName = try catalogue.board(named: "sample")
      let path = catalogue.directory.appending("sample.yaml").string
      let byPath = try BoardCatalogue(directory: "/nowhere").board(named: path)
      #expect(byName.name == "sample")
      #expect(byPath == byName)
    }
  }

  @Test func anUnknownNameBringsTheNearest() throws {
    let files = ["arm64-4g.yaml", "arm64-2g.yaml", "jetson-nano.yaml"]
    try withCatalogue(Dictionary(uniqueKeysWithValues: files.map { ($0, []) })) { catalogue in
      let error = #expect(throws: BoardCatalogueError.self) {
        try catalogue.board(named: "arm64-3g")
      }
      #expect(error == .unknownBoard("arm64-3g", nearest: ["arm64-2g", "arm64-4g"]))
      #expect(
        error?.description
          == "there is no board 'arm64-3g': did you mean 'arm64-2g' or 'arm64-4g'? "
          + "'cmalab boards' lists them all")
      let swapped = #expect(throws: BoardCatalogueError.self) {
        try catalogue.board(named: "jetsno-naon")
      }
      #expect(swapped == .unknownBoard("jetsno-naon", nearest: ["jetson-nano"]))
    }
  }

  @Test func aNameFarFromAllBringsNone() throws {
    try withCatalogue(["arm64-4g.yaml": []]) { catalogue in
      let long = String(repeating: "a", count: 100_000)
      for name in ["x", "raspberry", long] {
        let error = #expect(throws: BoardCatalogueError.self) {
          try catalogue.board(named: name)
        }
        #expect(error == .unknownBoard(name, nearest: []))
        #expect((error?.description.count ?? 0) < 200)
      }
    }
  }

  @Test(arguments: ["..", ".", "", "~", "Sample", "sample\0", "sam ple", "*", "sämple"])
  func aNameIsNeverAPath(name: String) throws {
    try withCatalogue(["sample.yaml": sample, "Sample.yaml": sample]) { catalogue in
      let error = #expect(throws: BoardCatalogueError.self) {
        try catalogue.board(named: name)
      }
      switch error {
      case .unknownBoard, .notABoardFile: break
      default: Issue.record("\(String(describing: error))")
      }
    }
  }

  @Test func aFileOverTheLimitIsRefusedAndOneAtItIsRead() throws {
    let limit = Int(BoardCatalogue.largestFile.bytes)
    let comment = Array(repeating: UInt8(ascii: "#"), count: limit - sample.count - 1)
    let full = sample + [UInt8(ascii: "\n")] + comment
    try withCatalogue(["sample.yaml": full, "big.yaml": full + [UInt8(ascii: "#")]]) {
      catalogue in
      let sample = try catalogue.board(named: "sample")
      #expect(sample.name == "sample")
      #expect(throws: BoardCatalogueError.tooLarge(catalogue.directory.appending("big.yaml"))) {
        try catalogue.board(named: "big")
      }
      #expect(throws: BoardCatalogueError.tooLarge("/dev/zero")) {
        try catalogue.board(named: "/dev/zero")
      }
    }
  }

  @Test func bytesThatAreNoTextAreRefusedByLine() throws {
    try withCatalogue(["sample.yaml": Array("name: sample\nsummary: ".utf8) + [0xff, 0xfe]]) {
      catalogue in
      let error = #expect(throws: YAMLFileError.self) { try catalogue.board(named: "sample") }
      #expect(error?.line == 2)
      #expect(error?.message == "the line is not UTF-8: save the file as UTF-8 text")
    }
  }

  @Test func whatCannotBeReadIsNamed() throws {
    try withCatalogue(["sample.yaml": sample]) { catalogue in
      let missing = catalogue.directory.appending("missing.yaml")
      #expect(throws: BoardCatalogueError.unreadableFile(missing, .noSuchFileOrDirectory)) {
        try catalogue.board(named: missing.string)
      }
      #expect(throws: BoardCatalogueError.unreadableFile(catalogue.directory, .isDirectory)) {
        try catalogue.board(named: catalogue.directory.string)
      }
      let nowhere = BoardCatalogue(directory: catalogue.directory.appending("nowhere"))
      #expect(throws: BoardCatalogueError.unreadableDirectory(nowhere.directory)) {
        try nowhere.board(named: "sample")
      }
    }
  }
}
