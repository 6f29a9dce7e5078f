// SPDX-License-Identifier: Apache-2.0
import BootLogs
import Quantities
import Records
import Reports
import Testing

/// What the model makes of a log's board, in each form of an explanation.
@Suite struct ExplanationTests {
  private static func explanation(
    agrees: Bool?, unknown: String?
  ) -> Explanation {
    var boot = ExplainedBoot()
    boot.banks = [PhysicalRange(at: 0x4000_0000, bytes: 1 << 30)].compactMap(\.self)
    boot.pools = [pool(at: 0x7000_0000)]
    boot.evidence.pools = [[.init(file: "dmesg.txt", line: 1, text: "cma: Reserved 64 MiB")]]
    boot.predicted = .init(
      rules: "6.1.30", pools: unknown == nil ? [pool(at: 0x7c00_0000)] : [], agrees: agrees,
      assumptions: [], unknown: unknown)
    return Explanation(log: "dmesg.txt", lineCount: 1, boots: [boot])
  }

  private static func pool(at base: UInt64) -> ExplainedBoot.Pool {
    .init(
      name: "video", base: PhysicalAddress(base), bytes: .mebibytes(64), kind: .deviceTree,
      outcome: .reserved)
  }

  private static func documents(_ explanation: Explanation) throws -> [String] {
    [
      ExplanationText(explanation, style: .init()).document,
      ExplanationMarkdown(explanation, style: .init()).document,
      try ExplanationHTML(explanation, style: .init()).document,
    ]
  }

  @Test func whereTheModelDisagreesItsPoolsAreShown() throws {
    for document in try Self.documents(Self.explanation(agrees: false, unknown: nil)) {
      #expect(document.contains("video: reserved, 0x7c000000-0x7fffffff, 64 MiB"))
      let words = document.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
      #expect(words.contains("comes to something else than the log"))
    }
  }

  /// What cannot be predicted is said to be so, and has no place.
  @Test(arguments: [true, false, nil])
  func whatCannotBePredictedHasNoPlace(agrees: Bool?) throws {
    let explanation = Self.explanation(
      agrees: agrees, unknown: "the parameter 'numa' is not modelled")
    for document in try Self.documents(explanation) {
      #expect(document.contains("It cannot be predicted: the parameter"))
      #expect(document.contains("0x70000000") && !document.contains("0x7c000000"))
    }
  }
}
