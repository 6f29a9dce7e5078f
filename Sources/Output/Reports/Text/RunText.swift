// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import MemoryRequests
import Observations
import Predictions
import Quantities
package import Records
import Transcripts

/// A run's record as text for a terminal.
package struct RunText: Report {
  package static let name = "text"
  package static let purpose = "for a terminal"

  private let record: RunRecord
  private let style: AddressMap.Style

  package init(_ record: RunRecord, style: AddressMap.Style) {
    self.record = record
    self.style = style
  }

  /// The map, the checks, the verdict; every line ends in a newline.
  package var document: String {
    var parts = [AddressMap(observedBy: record).text(in: style)]
    let requests = RequestsText(record: record).text
    if !requests.isEmpty { parts.append(requests) }
    if let trace = record.trace { parts.append(TraceText(record: record, trace: trace).text) }
    if !record.checks.isEmpty { parts.append(checks) }
    if let reason = record.unpredicted {
      parts.append("  nothing is predicted: \(reason.printable)\n")
    }
    if !record.tests.isEmpty { parts.append(tests) }
    if !death.isEmpty { parts.append(death) }
    if let scarcity { parts.append("  \(scarcity)\n") }
    parts.append(verdict)
    return parts.joined(separator: "\n")
  }

  private var checks: String {
    let width = record.checks.map(\.id.rawValue.count).max() ?? 0
    return record.checks.map { check in
      let name = check.id.rawValue
      let id = name + String(repeating: " ", count: width - name.count)
      let line = "  \(mark(check.verdict))  \(id)  \(check.observed.printable)\n"
      guard check.verdict != .pass else { return line + note(check) }
      let indent = String(repeating: " ", count: width + 9)
      let evidence = check.source.map { source in
        "\(indent)\(source.source), console line \(source.line): \(source.text.printable)\n"
      }
      return line + "\(indent)expected \(check.expected.printable)\n" + evidence.joined()
    }.joined()
  }

  /// A pass that needed a word of explanation: the kernel's rounding.
  private func note(_ check: Check) -> String {
    guard check.id == .pool(.total), check.expected != check.observed else { return "" }
    return "        \(check.expected.printable)\n"
  }

  private var tests: String {
    let verdicts = record.tests.map { test in
      "  \(mark(test.verdict))  test \(test.name): \(test.reason.printable)\n"
    }
    let figures = TestsText(tests: record.tests).text
    return verdicts.joined() + (figures.isEmpty ? "" : "\n" + figures)
  }

  /// That what the pools leave is little for a user space; nil where it is enough, and where the guest
  /// does not say.
  private var scarcity: String? {
    guard record.verdict == .pass, let total = record.observed.memoryTotalBytes,
      let pools = record.observed.cmaTotalBytes, pools > .zero, total >= pools
    else { return nil }
    let left = total.bytes - pools.bytes
    guard left < Self.roomOfUserSpace.bytes else { return nil }
    return
      "mind: \(left >> 20) MiB of RAM are left beside the pools, which is little for a user space"
  }

  private static let roomOfUserSpace = ByteCount.mebibytes(128)

  /// Of a guest that died: what its kernel said first, and what of it was foreseen.
  private var death: String {
    guard record.ending.kind == .panicked || record.ending.kind == .oopsed else { return "" }
    var lines: [String] = []
    if let fault = record.ending.firstFault {
      lines.append(
        "the kernel said first: \(fault.text.kernelMessage) (console line \(fault.consoleLine))")
    }
    lines += (record.predicted?.exposures ?? []).map {
      "foreseen: \($0.words) [\($0.hazard.rawValue)]"
    }
    return lines.map { "  \($0.printable)\n" }.joined()
  }

  private var verdict: String {
    let word = record.verdict.rawValue.uppercased()
    return "\(coloured(word, record.verdict))  \(record.reason.printable)\(duration)\n"
  }

  /// A kernel that is built first takes minutes, which are not the boot's.
  private var duration: String {
    guard let total = record.timing["total"] else { return "" }
    guard let preparation = record.timing["prepare"], preparation >= 2 else {
      return " (\(total.twoDigits) s)"
    }
    let boot = total - preparation
    return " (\(boot.twoDigits) s, after \(preparation.twoDigits) s of preparation)"
  }

  private func mark(_ verdict: Verdict) -> String {
    let mark: String =
      switch (verdict, style.unicode) {
      case (.pass, true): "\u{2713}"
      case (.fail, true): "\u{2717}"
      case (.pass, false): "+"
      case (.fail, false): "x"
      case (.inconclusive, _): "?"
      }
    return coloured(mark, verdict)
  }

  private func coloured(_ text: String, _ verdict: Verdict) -> String {
    guard style.colour == .ansi else { return text }
    // ECMA-48, select graphic rendition: green, red, yellow; bold.
    let code = [Verdict.pass: 32, .fail: 31, .inconclusive: 33][verdict, default: 0]
    return "\u{1b}[1;\(code)m\(text)\u{1b}[0m"
  }
}
