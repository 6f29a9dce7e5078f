// SPDX-License-Identifier: Apache-2.0

import Boards
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

/// A board of the catalogue, and one of its layouts.
struct CatalogueEntry: Sendable, CustomTestStringConvertible {
  let board: String
  let layout: String
  /// Whether the board boots so unless told otherwise.
  let isDefault: Bool

  var testDescription: String { "\(board) \(layout)" }

  static func all(of architecture: Architecture) throws -> [CatalogueEntry] {
    let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("boards")
    let catalogue = BoardCatalogue(directory: folder)
    return try catalogue.names().map { try catalogue.board(named: $0) }
      .filter { $0.architecture == architecture }
      .flatMap { board in
        board.layouts.map {
          CatalogueEntry(
            board: board.name, layout: $0.name, isDefault: $0.name == board.defaults.layout)
        }
      }
  }
}

/// A row of the table that was measured on every line: what a layout makes of a size.
struct MeasuredPool: Sendable, CustomTestStringConvertible {
  let arguments: String
  /// What the text begins with and contains, by line; "" is for all lines that are not named.
  let words: [String: String]

  var testDescription: String { arguments }

  func words(on line: String) -> String { words[line] ?? words[""] ?? "no such line" }

  static let all = [
    MeasuredPool(
      arguments: "--layout stock --cma 1700M", words: ["": "1700 MiB of CMA at 0x15800000"]),
    MeasuredPool(
      arguments: "--layout stock --cma 2000M", words: ["": "2000 MiB of CMA at 0x2c00000"]),
    MeasuredPool(
      arguments: "--layout stock --cma 2030M", words: ["": "2032 MiB of CMA at 0xc00000"]),
    // Since 6.15 the kernel names the size that was asked for.
    MeasuredPool(
      arguments: "--layout stock --cma 2046M",
      words: [
        "": "Failed to reserve 2048 MiB", "7.2": "Failed to reserve 2046 MiB",
        "7.3": "Failed to reserve 2046 MiB",
      ]),
    MeasuredPool(
      arguments: "--layout wide --cma 3000M", words: ["": "3000 MiB of CMA at 0x34800000"]),
    MeasuredPool(
      arguments: "--layout wide --cma 3832M", words: ["": "3832 MiB of CMA at 0x800000"]),
    MeasuredPool(arguments: "--layout wide --cma 3836M", words: ["": "Failed to reserve 3836 MiB"]),
    // 5.10 has its memory map before the pool, which then no longer fits.
    MeasuredPool(
      arguments: "--board arm64-2g --cma 2000M",
      words: ["": "System is deadlocked on memory", "5.10": "Failed to reserve 2000 MiB"]),
    // Since 7.2 the pool is reserved before the memory map, and the kernel dies of that: 7.3 at once
    // (mm/sparse.c, sparse_init_nid).
    MeasuredPool(
      arguments: "--board arm64-2g --cma 2030M",
      words: [
        "": "Failed to reserve 2032 MiB", "7.2": "Attempted to kill the idle task",
        "7.3": "Failed to allocate memmap for section",
      ]),
  ]
}

extension Guests.EveryLine {
  /// What is in the catalogue, and what was measured of it, on each line that is asked for.
  @Suite struct CatalogueTests {
    @Test(arguments: TestLines.all, try CatalogueEntry.all(of: .arm64))
    func everyBoardBootsAsItStands(_ line: String, _ entry: CatalogueEntry) async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--board", entry.board, "--layout", entry.layout, "--kernel", line,
          "--format", "json", "--out", scratch["run"].string,
        ]).result()
        let record = try result.record
        // Another layout need not have room for what the default one has.
        let isSettled = entry.isDefault ? record.verdict == .pass : record.verdict != .inconclusive
        #expect(isSettled, "\(record.reason)")
        expectPredicted(record)
      }
    }

    @Test(arguments: TestLines.all, MeasuredPool.all)
    func eachLineDoesWhatWasMeasured(_ line: String, _ pool: MeasuredPool) async throws {
      try await ScratchFolder.with { scratch in
        let asked = pool.arguments.split(separator: " ").map(String.init)
        let result = try await CMALabProcess(
          ["boot", "--kernel", line, "--out", scratch["run"].string] + asked
        ).result()
        let words = pool.words(on: line)
        #expect(result.output.contains(words), "\(result.errors)\(result.output)")
        let observed = try await CMALabProcess([
          "observe", "--format", "json", scratch["run"].string,
        ]).result()
        let record = try observed.record
        expectPredicted(record)
      }
    }

    private func expectPredicted(_ record: RunRecord) {
      let prediction = record.checks.first { $0.id == .prediction }
      #expect(prediction?.verdict == .pass, "\(prediction?.observed ?? "no prediction")")
    }
  }
}
