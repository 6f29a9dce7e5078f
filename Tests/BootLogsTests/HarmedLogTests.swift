// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import Testing

/// Logs that lost something on their way: nothing is claimed that the whole log does not say.
@Suite struct HarmedLogTests {
  @Test(arguments: BoardLogCase.all)
  func aLogWithoutOneLineClaimsNothingElse(_ board: BoardLogCase) async throws {
    let log = try board.log
    let whole = LoggedFacts.of(log)
    let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for missing in lines.indices {
      var rest = lines
      rest.remove(at: missing)
      let boots = LoggedFacts.of(Array(rest.joined(separator: [UInt8(ascii: "\n")])))
      #expect(boots.count == whole.count, "without line \(missing + 1)")
      for (boot, answer) in zip(boots, whole) {
        let claims = boot.claims(beyond: answer)
        #expect(claims.isEmpty, "without line \(missing + 1): \(claims)")
      }
      await Task.yield()
    }
  }

  /// So many bytes are between two cuts: debug builds read slowly. Every log begins elsewhere, so that
  /// all together they are cut everywhere.
  private static let step = 11

  @Test(arguments: BoardLogCase.all)
  func aLogThatIsCutClaimsNothingElse(_ board: BoardLogCase) async throws {
    let log = try board.log
    let whole = LoggedFacts.of(log)
    for end in stride(from: log.count % Self.step, to: log.count, by: Self.step) {
      let boots = LoggedFacts.of(Array(log[..<end]))
      for (boot, answer) in zip(boots, whole) {
        let claims = boot.claims(beyond: answer)
        if !claims.isEmpty { Issue.record("cut after \(end) bytes: \(claims)") }
      }
      await Task.yield()
    }
  }

  /// How often each log is garbled, in a debug build.
  private static let rounds = 30

  @Test(arguments: BoardLogCase.all)
  func aGarbledLogHasNoOtherAddress(_ board: BoardLogCase) async throws {
    let log = try board.log
    let bases = Set(LoggedFacts.of(log).flatMap(\.pools).compactMap(\.base))
    var random = SeededGenerator(seed: UInt64(log.count))
    for round in 0..<Self.rounds {
      let garbled = Self.garbled(log, &random)
      let claimed = Set(LoggedFacts.of(garbled).flatMap(\.pools).compactMap(\.base))
      let others = claimed.subtracting(bases)
      if !others.isEmpty { Issue.record("round \(round): \(others)") }
      if round % 16 == 0 { await Task.yield() }
    }
  }

  /// With bytes changed, lost, or another's put in between, at some places.
  private static func garbled(_ log: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = log
    let kind = Int.random(in: 0..<3, using: &random)
    for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch kind {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1:
        let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
        bytes.removeSubrange(place..<end)
      default:
        let count = Int.random(in: 1...6, using: &random)
        let text = (0..<count).map { _ in UInt8.random(in: 0x20...0x7e, using: &random) }
        bytes.insert(contentsOf: text, at: place)
      }
    }
    return bytes
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
