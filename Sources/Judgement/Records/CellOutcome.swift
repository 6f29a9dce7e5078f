// SPDX-License-Identifier: Apache-2.0

package import Quantities
package import Transcripts

/// What a cell came to, without what differs from host to host and from day to day: two attempts that
/// disagree on it make the cell a flake.
package struct CellOutcome: Hashable, Sendable, Codable {
  package let verdict: Verdict
  package let ending: Ending.Kind?
  package let isExpected: Bool
  /// In the order of addresses.
  package let pools: [Pool]
  /// The checks and tests that failed, sorted.
  package let failed: [String]

  package struct Pool: Hashable, Sendable, Codable {
    package let base: PhysicalAddress
    package let bytes: ByteCount
  }

  package init(_ result: CellResult) {
    let record = result.record
    verdict = record.verdict
    ending = record.ending.kind
    isExpected = result.expected
    pools = record.observed.cmaAreas.map { Pool(base: $0.base, bytes: $0.bytes) }
      .sorted { $0.base < $1.base }
    let checks = record.checks.filter { $0.verdict == .fail }.map(\.id.rawValue)
    let tests = record.tests.filter { $0.verdict == .fail }.map { "test \($0.name)" }
    failed = (checks + tests).sorted()
  }

  /// Whether it says something of the kernel: a guest that was starved or cut off does not.
  package var isConclusive: Bool { verdict != .inconclusive }
}
