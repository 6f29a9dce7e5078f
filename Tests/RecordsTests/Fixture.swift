// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Records
import SystemPackage

/// Documents that cmalab 0.1.0 wrote, on real guests.
enum Fixture {
  static let tests = FilePath(#filePath).removingLastComponent()
  private static let folder = tests.appending("Fixtures")

  /// Four of eight cells have a result: a pool that is there, one that is refused, and both again.
  static let matrix = folder.appending("matrix-1")

  static func document(of format: DocumentFormat) throws -> [UInt8] {
    let path =
      format == .matrix
      ? matrix.appending(MatrixFolder.planName)
      : folder.appending("\(format.rawValue)-1.json")
    return try HostFile.read(path, limit: 1 << 20)
  }

  /// A run with a region, a test and a trace.
  static var record: String {
    get throws { String(decoding: try document(of: .run), as: UTF8.self) }
  }

  static var results: String {
    get throws {
      String(
        decoding: try HostFile.read(matrix.appending(MatrixFolder.resultsName), limit: 1 << 20),
        as: UTF8.self)
    }
  }

  /// A matrix with the plan of ``matrix`` and other results.
  static func withMatrix<Result>(
    results: String, plan: String? = nil, _ body: (MatrixFolder) throws -> Result
  ) throws -> Result {
    let path = FilePath("/tmp/cmalab-records-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(path)
    defer { try? HostFile.remove(path) }
    let folder = MatrixFolder(path)
    try HostFile.write(Array(results.utf8), to: folder.results)
    try HostFile.write(
      try plan.map { Array($0.utf8) } ?? document(of: .matrix), to: folder.plan)
    return try body(folder)
  }
}
