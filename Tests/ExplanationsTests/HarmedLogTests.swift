// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import Explanations
import FoundationEssentials
import Quantities
import Records
import Testing

/// Logs that lost something on their way: no answer is another one than the whole log's; missing is
/// right.
@Suite struct HarmedLogTests {
  @Test(arguments: BoardLogCase.all)
  func aLogWithoutOneLineHasNoOtherAnswer(_ board: BoardLogCase) async throws {
    let log = try board.log
    let explainer = Explainer(log: "console.log", tree: try await board.tree, configuration: nil)
    let whole = explainer.findings(in: BootLog(log)).map(WholeAnswer.init)
    let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for missing in lines.indices {
      var rest = lines
      rest.remove(at: missing)
      let harmed = Array(rest.joined(separator: [UInt8(ascii: "\n")]))
      let boots = explainer.findings(in: BootLog(harmed))
      #expect(boots.count == whole.count, "without line \(missing + 1)")
      for (boot, answer) in zip(boots, whole) {
        let claims = answer.contradictions(in: boot)
        #expect(claims.isEmpty, "without line \(missing + 1): \(claims)")
      }
      await Task.yield()
    }
  }

  /// Predictions take most of the time: few are made but where 'make harm-logs' asks for more.
  private static let step = LogHarm.step(usually: 797)
  private static let rounds = LogHarm.rounds(usually: 4)

  @Test(arguments: BoardLogCase.all)
  func noPoolGetsAnotherBase(_ board: BoardLogCase) async throws {
    let log = try board.log
    let explainer = Explainer(log: "console.log", tree: try await board.tree, configuration: nil)
    func bases(_ bytes: [UInt8]) -> Set<UInt64> {
      let boots = explainer.explanation(of: BootLog(bytes)).boots
      return Set(boots.flatMap(\.pools).compactMap { $0.base?.value })
    }
    let whole = bases(log)
    for end in stride(from: log.count % Self.step, to: log.count, by: Self.step) {
      let others = bases(Array(log[..<end])).subtracting(whole)
      if !others.isEmpty { Issue.record("cut after \(end) bytes: \(others)") }
      await Task.yield()
    }
    var harm = LogHarm(seed: log.count)
    for round in 0..<Self.rounds {
      let others = bases(harm.garbled(log)).subtracting(whole)
      if !others.isEmpty { Issue.record("round \(round): \(others)") }
      await Task.yield()
    }
  }
}

/// The answer to a log that nothing is missing of.
struct WholeAnswer {
  let boot: ExplainedBoot
  /// Every address that it has.
  private let addresses: Set<Substring>

  init(_ boot: ExplainedBoot) {
    self.boot = boot
    let json = (try? JSONEncoder().encode(boot)).map { String(decoding: $0, as: UTF8.self) }
    addresses = Set((json ?? "").matches(of: #/0x[0-9a-f]+/#).map(\.output))
  }

  /// What another answer says and this one does not.
  func contradictions(in other: ExplainedBoot) -> [String] {
    ExpectedBoot(other).claims(beyond: ExpectedBoot(boot))
      + other.findings.filter { !isKnown($0) }.map { "\($0.id.rawValue): \($0.cause)" }
  }

  /// Whether a finding is one of this answer's, with no address that is not.
  private func isKnown(_ finding: ExplainedBoot.Finding) -> Bool {
    let words = finding.cause + finding.remedy
    let named = words.matches(of: #/0x[0-9a-f]+/#).map(\.output)
    guard named.allSatisfy(addresses.contains) else { return false }
    let known = Set(boot.findings.map(\.id))
    switch finding.id {
    case let id where known.contains(id): return true
    // What says itself that a line may be missing.
    case .noPool: return boot.pools.allSatisfy { $0.outcome == .refused }
    // Nothing says any more that one of the two is a pool, or what the RAM is.
    case .overlap: return known.contains(.poolOverUnmapped)
    case .loaderRefused: return known.contains(.ignoredRAM)
    default: return false
    }
  }
}
