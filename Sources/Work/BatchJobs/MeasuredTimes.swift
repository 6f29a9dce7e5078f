// SPDX-License-Identifier: Apache-2.0

package import HostFiles
package import Records

/// How long each cell of a former run took.
package struct MeasuredTimes: Sendable {
  /// Seconds of the last result of each cell.
  package private(set) var seconds: [String: Double] = [:]

  private struct Line: Decodable {
    struct Record: Decodable {
      let timing: [String: Double]
    }
    let id: String
    let record: Record
  }

  package init() {}

  /// Takes in the results of a matrix; a line that is none has no time.
  package mutating func add(_ matrix: MatrixFolder) throws(HostFileError) {
    guard HostFile.exists(matrix.results) else { return }
    for line in try HostFile.read(matrix.results, limit: 4 << 30).split(separator: 0x0a) {
      guard let line = try? JSONText.read(Line.self, from: line),
        let total = line.record.timing["total"], total.isFinite, total > 0
      else { continue }
      seconds[line.id] = total
    }
  }
}
