// SPDX-License-Identifier: Apache-2.0

// Records, written for people: nothing here decides anything, it only shows.

import MemoryRequests
import Observations
package import Quantities
package import Verdicts

/// A run's record as text for a terminal.
package struct RunText: Sendable {
  private let record: RunRecord
  private let style: AddressMap.Style

  package init(_ record: RunRecord, style: AddressMap.Style) {
    self.record = record
    self.style = style
  }

  /// The map, the checks, the verdict; every line ends in a newline.
  package var text: String {
    var parts = [map.text(in: style)]
    let requests = RequestsText(record: record).text
    if !requests.isEmpty { parts.append(requests) }
    if !record.checks.isEmpty { parts.append(checks) }
    if !record.tests.isEmpty { parts.append(tests) }
    parts.append(verdict)
    return parts.joined(separator: "\n")
  }

  private var map: AddressMap {
    AddressMap(title: title, banks: record.request.banks, segments: segments)
  }

  private var title: String {
    let request = record.request
    let kernel = record.observed.kernelRelease ?? request.kernel
    let cpus = request.cpus == 1 ? "1 CPU" : "\(request.cpus) CPUs"
    return [
      "\(request.board), layout \(request.layout)",
      request.commandLinePool.map { "cma=\($0.kernelArgument)" },
      "kernel \(kernel)", request.pageSize.map { "\($0) pages" }, cpus,
    ].compactMap(\.self).joined(separator: ", ")
  }

  private var segments: [AddressMap.Segment] {
    let request = record.request
    var segments = request.inventedRAM.map {
      AddressMap.Segment($0, "not on the hardware", kind: .invented)
    }
    segments += record.observed.cmaAreas.compactMap { area in
      PhysicalRange(start: area.base, size: area.bytes).map {
        AddressMap.Segment($0, "CMA pool '\(area.name)'", kind: .pool)
      }
    }
    segments += record.observed.unmapped.map {
      AddressMap.Segment($0, "not mapped by the kernel", kind: .carveOut)
    }
    if let placement = request.placement {
      segments += [
        AddressMap.Segment(placement.kernel, "kernel", kind: .kernel),
        AddressMap.Segment(placement.initramfs, "initramfs", kind: .initramfs),
        AddressMap.Segment(placement.deviceTree, "device tree", kind: .deviceTree),
      ]
    }
    return segments
  }

  private var checks: String {
    let width = record.checks.map(\.id.count).max() ?? 0
    return record.checks.map { check in
      let id = check.id + String(repeating: " ", count: width - check.id.count)
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
    guard check.id == "cma.total", check.expected != check.observed else { return "" }
    return "        \(check.expected.printable)\n"
  }

  private var tests: String {
    let verdicts = record.tests.map { test in
      "  \(mark(test.verdict))  test \(test.name): \(test.reason.printable)\n"
    }
    let figures = TestsText(tests: record.tests).text
    return verdicts.joined() + (figures.isEmpty ? "" : "\n" + figures)
  }

  private var verdict: String {
    let word = record.verdict.rawValue.uppercased()
    let seconds = record.timing["total"].map { " (\(Self.rounded($0)) s)" } ?? ""
    return "\(coloured(word, record.verdict))  \(record.reason.printable)\(seconds)\n"
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

  /// Two digits behind the point.
  private static func rounded(_ seconds: Double) -> String {
    let hundredths = Int((seconds * 100).rounded())
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
  }
}

extension String {
  /// Without control characters: a guest's words must not steer a terminal.
  package var printable: String {
    String(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
  }
}

extension AddressMap {
  /// Banks, each with those segments that lie in it, cut at its ends.
  package init(title: String, banks: [PhysicalRange], segments: [Segment]) {
    self.init(
      title: title,
      areas: banks.enumerated().map { index, bank in
        Area(
          bank, "bank \(index)",
          segments: segments.compactMap { segment in
            segment.range.intersection(bank).map { Segment($0, segment.label, kind: segment.kind) }
          })
      })
  }
}
