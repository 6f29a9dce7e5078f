// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What happens to logs on their way: the same for a seed.
package struct LogHarm {
  private var random: SeededGenerator

  package init(seed: Int) {
    random = SeededGenerator(seed: UInt64(seed))
  }

  /// How often each log is garbled: what a debug build has time for, or what CMALAB_FUZZ says ('make
  /// harm-logs').
  package static func rounds(usually: Int) -> Int { asked ?? usually }

  /// So many bytes are between two cuts: every byte where CMALAB_FUZZ is set.
  package static func step(usually: Int) -> Int { asked == nil ? usually : 1 }

  private static let asked = ProcessInfo.processInfo.environment["CMALAB_FUZZ"].flatMap { Int($0) }

  private enum Kind: CaseIterable {
    case changed
    case lost
    case put
    case swapped
    case twice
  }

  /// With bytes changed, lost, or put in between at some places, or lines in another order, or twice.
  package mutating func garbled(_ log: [UInt8]) -> [UInt8] {
    var bytes = log
    guard let kind = Kind.allCases.randomElement(using: &random) else { return log }
    for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch kind {
      case .changed: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case .lost:
        let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
        bytes.removeSubrange(place..<end)
      case .put:
        let count = Int.random(in: 1...6, using: &random)
        let text = (0..<count).map { _ in UInt8.random(in: 0x20...0x7e, using: &random) }
        bytes.insert(contentsOf: text, at: place)
      case .swapped: bytes = withLines(of: bytes) { $0.swapAt($1, $2) }
      case .twice: bytes = withLines(of: bytes) { $0.insert($0[$1], at: $2) }
      }
    }
    return bytes
  }

  private mutating func withLines(
    of bytes: [UInt8], _ change: (inout [ArraySlice<UInt8>], Int, Int) -> Void
  ) -> [UInt8] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    change(
      &lines, Int.random(in: lines.indices, using: &random),
      Int.random(in: lines.indices, using: &random))
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}

/// Marsaglia's xorshift: the same numbers for the same seed.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed ^ 0x9e37_79b9_7f4a_7c15
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
