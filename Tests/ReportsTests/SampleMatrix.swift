// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage
import Testing

@testable import Reports

/// The results of a real matrix (arm64-4g stock on 5.10 and 6.1, arm64-2g on 6.1), some latencies
/// cut out, with one run's console; a cell of it has not run.
enum SampleMatrix {
  static let tests = FilePath(#filePath).removingLastComponent()
  static let folder = tests.appending("Fixtures").appending("matrix")

  static var collection: RunCollection {
    get throws { try RunCollection(readingFrom: folder) }
  }

  static var results: String {
    get throws {
      String(
        decoding: try HostFile.read(folder.appending("results.jsonl"), limit: 1 << 20),
        as: UTF8.self)
    }
  }

  /// The same with other results, read from a folder of its own.
  static func collection(results: String) throws -> RunCollection {
    try withFolder(results: results) { try RunCollection(readingFrom: $0) }
  }

  static func withFolder<Result>(
    results: String, _ body: (FilePath) throws -> Result
  ) throws -> Result {
    let copy = FilePath("/tmp/cmalab-report-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(copy)
    defer { try? HostFile.remove(copy) }
    try HostFile.write(Array(results.utf8), to: copy.appending("results.jsonl"))
    try HostFile.write(
      HostFile.read(folder.appending("matrix.json"), limit: 1 << 20),
      to: copy.appending("matrix.json"))
    return try body(copy)
  }

  /// What a guest may print to deceive whoever reads the report.
  static let hostile =
    #"<script>alert(1)</script>\u001b[31m\u202e`|]]>&amp;'\u0000"#

  /// The sample with its refused pools' reasons in those words.
  static var hostileCollection: RunCollection {
    get throws {
      try collection(
        results: results.replacing("Failed to reserve", with: hostile)
          .replacing(#""id":"cma.total""#, with: #""id":"<img src=x onerror=alert(2)>""#))
    }
  }
}
