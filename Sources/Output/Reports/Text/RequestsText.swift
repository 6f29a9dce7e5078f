// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import MemoryRequests
import Observations
import Records

/// What became of everything that the kernel was asked for: who made the default pool, each region,
/// and each word of refusal with its meaning.
struct RequestsText {
  let record: RunRecord

  var text: String {
    let lines = [winner].compactMap(\.self) + record.regions.flatMap(region) + complaints + unknown
    return lines.map { "  \($0.printable)\n" }.joined()
  }

  /// Left out where cma= is all there is.
  private var winner: String? {
    guard let winner = record.winner else { return nil }
    let isPlain = winner.via == .commandLine && record.checks.allSatisfy { $0.id != .pool(.winner) }
    return isPlain ? nil : "precedence: \(winner.reason)"
  }

  private func region(_ region: RegionOutcome) -> [String] {
    let users =
      region.users.isEmpty ? "" : ", used by " + region.users.joined(separator: " and ")
    var lines = ["'\(region.node)': \(region.summary)\(users)"]
    // That the driver refused it only follows from what was said before.
    let causes = region.words.filter { $0.id != KernelComplaint.ID.driverRefused.rawValue }
    lines += unique(causes.isEmpty ? region.words : causes).flatMap(explained)
    if let fault = region.fault { lines.append("  the node: \(fault)") }
    return lines
  }

  /// 6.12 and 7.2 read the tree twice, and complain twice.
  private func unique(_ messages: [ExplainedMessage]) -> [ExplainedMessage] {
    var seen: Set<Substring> = []
    return messages.filter { seen.insert($0.source.text.kernelMessage).inserted }
  }

  private func explained(_ message: ExplainedMessage) -> [String] {
    [
      "  the kernel: \(message.source.text.kernelMessage) (console line \(message.source.line))",
      "    meaning: \(message.meaning)", "    what to do: \(message.remedy)",
      "    said by: \(message.origin)",
    ]
  }

  /// Those that no region has shown.
  private var complaints: [String] {
    let shown = Set(record.regions.flatMap(\.words))
    return unique(record.observed.complaints.filter { !shown.contains($0) }).flatMap { message in
      explained(message).map { String($0.dropFirst(2)) }
    }
  }

  private var unknown: [String] {
    record.observed.unknownMessages.map {
      "the kernel also said: \($0.text.kernelMessage) (console line \($0.line))"
    }
  }
}
