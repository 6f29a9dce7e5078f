// SPDX-License-Identifier: Apache-2.0

import HostFiles
import MemoryRequests
import Records
import Reports
import SystemPackage
import Testing
import YAMLFiles

@testable import Boards
@testable import Matrix

/// What is said of the keys of board and matrix files, held against what reads them.
@Suite struct FileReferenceTests {
  private static let documentation = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()
    .pushing("Sources/cmalab/cmalab.docc")

  private static let references = [Board.reference, MatrixFile.reference]

  private static func read(_ text: String, as kind: String) throws {
    let file = YAMLText(file: "sample-board.yaml", yaml: text)
    if kind == "board" {
      _ = try Board(file, name: "sample-board")
    } else {
      _ = try MatrixFile(file)
    }
  }

  @Test(arguments: [("BoardFiles.md", Board.reference), ("MatrixFiles.md", MatrixFile.reference)])
  func thePageIsTheOneThatTheDecodersMake(name: String, reference: FileReference) throws {
    let file = Self.documentation.appending(name)
    let page = String(decoding: try HostFile.read(file, limit: 1 << 20), as: UTF8.self)
    #expect(
      page == FileReferenceMarkdown(reference).document,
      "write it anew: cmalab \(reference.command) --format markdown > \(file)")
  }

  @Test(arguments: references)
  func theExampleIsWhole(_ reference: FileReference) throws {
    try Self.read(reference.example, as: reference.kind)
  }

  /// Of the keys that have a line of the example to themselves, those alone may go that are said to be
  /// optional.
  @Test(arguments: references)
  func whatIsRequiredIsMissed(_ reference: FileReference) throws {
    let keys = try #require(reference.mappings.first?.keys)
    let lines = reference.example.split(separator: "\n").map(String.init)
    for key in keys {
      let start = try #require(
        lines.firstIndex { $0.hasPrefix("\(key.name):") }, "the example lacks \(key.name)")
      let block = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
      let rest = lines[..<start] + lines[(start + 1 + block.count)...]
      let text = rest.joined(separator: "\n")
      if key.isRequired {
        let error = #expect(throws: YAMLFileError.self) { try Self.read(text, as: reference.kind) }
        #expect(error?.message.hasPrefix("the key is missing") == true, "\(key.name)")
      } else {
        try Self.read(text, as: reference.kind)
      }
    }
  }

  @Test func aRegionsKeysAreTheWordsOfTheOption() {
    let words = RegionFields.valued + RegionFields.flags
    #expect(Set(RegionKey.allCases.map(\.rawValue)) == Set(words))
  }

  @Test func aCellsKeysAreTheOptionsThatMakeIt() {
    #expect(Set(CellKey.allCases.compactMap(\.option)) == Set(MatrixCell.options))
    // In the same order, by which cells are named.
    #expect(CellKey.allCases.compactMap(\.option) == MatrixCell.options)
  }

  @Test(arguments: references)
  func theTextNamesEveryKey(_ reference: FileReference) {
    let text = FileReferenceText(reference).document
    for key in reference.mappings.flatMap(\.keys) {
      #expect(text.contains("  \(key.name)"))
      #expect(text.contains(": \(key.purpose)\n    write: \(key.form)\n"))
    }
  }
}
