// SPDX-License-Identifier: Apache-2.0
import Observations
import Quantities
import TextTable
import Verdicts

/// What the tests of a run measured, as a table.
struct TestsText {
  let tests: [RunRecord.TestRecord]

  /// The figures of every test under each other; every line ends in a newline.
  var text: String {
    let rows = tests.flatMap { test in
      test.figures.enumerated().map { index, figure in
        Row(test: index == 0 ? test.name : "", figure: figure)
      }
    }
    guard !rows.isEmpty else { return "" }
    let table = TextTable<Row> { row in
      [
        Column(title: "test", value: row.test.printable),
        Column(title: "figure", value: row.figure.key.printable),
        Column(title: "value", value: row.figure.words.printable, align: .right),
      ]
    }
    return (table.string(for: rows, style: Style.simple) ?? "")
      .split(separator: "\n").map { "  \($0)\n" }.joined()
  }

  private struct Row {
    let test: String
    let figure: TestReport.Figure
  }
}

extension TestReport.Figure {
  /// With its unit, in the size that people read: `3000 MiB`, `0.645 s`, `2998 pieces`.
  var words: String {
    switch (unit, UInt64(value)) {
    case ("bytes", let bytes?): ByteCount(bytes).description
    case ("ns", let nanoseconds?): Self.duration(nanoseconds)
    case ("text", _), ("address", _): value
    default: "\(value) \(unit)"
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
