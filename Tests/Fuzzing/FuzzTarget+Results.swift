// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostFiles
import Matrix
import Records
import Reports
import SystemPackage

extension FuzzTarget {
  /// The folder of a matrix: the first line is its plan, the others are its results.
  static let results = FuzzTarget(
    "results", isText: false,
    dictionary: [
      "\"id\":", "\"attempts\":", "\"expected\":true", "\"expect\":\"pass\"", "\"shard\":",
      "\"cells\":", "\"coordinates\":", "\"verdict\":\"pass\"", "\"schema\":\"cmalab.matrix/1\"",
      "9223372036854775807", "\"../x\"", "null", "[]", "{}",
    ],
    seeds: {
      let checkout = FilePath(#filePath).removingLastComponent().removingLastComponent()
      let fixtures = checkout.appending("RecordsTests/Fixtures/matrix-1")
      let plan = try JSONSerialization.data(
        withJSONObject: JSONSerialization.jsonObject(
          with: Data(try HostFile.read(fixtures.appending("matrix.json"), limit: 1 << 20))))
      let results = try HostFile.read(fixtures.appending("results.jsonl"), limit: 1 << 20)
      return [Array(plan) + [newline] + results]
    },
    fault: { input in
      let end = input.firstIndex(of: newline) ?? input.endIndex
      return try? await HostFile.withTemporaryFolder {
        let folder = MatrixFolder($0)
        try HostFile.write(Array(input[..<end]), to: folder.plan)
        try HostFile.write(Array(input[end...].dropFirst()), to: folder.results)
        return try Self.fault(in: folder, by: input)
      }
    })

  /// What is shown of a folder is of the cells of its plan, each once.
  private static func fault(in folder: MatrixFolder, by input: [UInt8]) throws -> String? {
    let runs = try RunCollection(readingFrom: folder.path)
    show(runs, by: input)
    guard let merge = try? MatrixMerge(of: [folder]) else { return nil }
    let planned = Set(merge.plan.cells.map(\.id))
    let shown = runs.cells.map(\.id)
    guard Set(shown).count == shown.count, planned.isSuperset(of: shown) else {
      return "a cell is shown twice, or one that the plan does not have"
    }
    return nil
  }

  private static let newline = UInt8(ascii: "\n")
}
