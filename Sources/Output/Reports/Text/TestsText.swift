// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records
import TextTable

/// What the tests of a run measured, as a table.
struct TestsText {
  let tests: [RunRecord.TestRecord]

  /// The figures of every test, and how long things took; every line ends in a newline.
  var text: String {
    [figures, latencies].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var figures: String {
    let rows = tests.flatMap { test in
      test.figures.enumerated().map { index, figure in
        FigureRow(test: index == 0 ? test.name : "", figure: figure)
      }
    }
    return PlainTable.text(of: rows, indent: "  ") { row in
      [
        Column(title: "test", value: row.test.printable),
        Column(title: "figure", value: row.figure.key.printable),
        Column(title: "value", value: row.figure.words.printable, align: .right),
      ]
    }
  }

  private var latencies: String {
    let rows = tests.flatMap { test in
      test.latencies.enumerated().map { index, latency in
        LatencyRow(test: index == 0 ? test.name : "", latency: latency)
      }
    }
    return PlainTable.text(of: rows, indent: "  ") { row in
      let latency = row.latency
      let columns: [(String, UInt64)] = [
        ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99),
        ("p99.9", latency.p999), ("max", latency.max),
      ]
      return [
        Column(title: "test", value: row.test.printable),
        Column(title: "emulated time of", value: latency.name.printable),
        Column(title: "count", value: latency.count, align: .right),
      ]
        + columns.map { title, value in
          Column(
            title: title, value: TestReport.Figure.words(of: value, in: latency.unit),
            align: .right)
        }
    }
  }

  private struct FigureRow {
    let test: String
    let figure: TestReport.Figure
  }

  private struct LatencyRow {
    let test: String
    let latency: LatencySummary
  }
}

extension TestReport.Figure {
  /// With its unit, in the size that people read: `3000 MiB`, `0.645 s`, `2998 pieces`.
  var words: String {
    if [.text, .address].contains(unit) { return value }
    return UInt64(value).map { Self.words(of: $0, in: unit) } ?? "\(value) \(unit)"
  }

  static func words(of value: UInt64, in unit: TestReport.Unit) -> String {
    switch unit {
    case .bytes: ByteCount(value).description
    case .nanoseconds: duration(value)
    case .number: "\(value)"
    // `1 process` of `processes`, `1 piece` of `pieces`.
    case .things(let names) where value == 1 && names.hasSuffix("sses"): "1 \(names.dropLast(2))"
    case .things(let names) where value == 1 && names.hasSuffix("s"): "1 \(names.dropLast())"
    case .address, .text, .things: "\(value) \(unit)"
    }
  }

  private static func duration(_ nanoseconds: UInt64) -> String {
    let units: [(size: UInt64, name: String)] = [
      (1_000_000_000, "s"), (1_000_000, "ms"), (1000, "us"),
    ]
    guard let unit = units.first(where: { nanoseconds >= $0.size }) else {
      return "\(nanoseconds) ns"
    }
    let thousandths = nanoseconds * 1000 / unit.size
    let fraction = String(thousandths % 1000 + 1000).dropFirst()
    return "\(thousandths / 1000).\(fraction) \(unit.name)"
  }
}
