// SPDX-License-Identifier: Apache-2.0
import Kernels
import MemoryRequests
import Quantities
import Reports
import TextTable

/// The kernel lines, each with the kernels that the cache has of it, as a table.
struct KernelTable {
  private let rows: [Row]

  /// - Parameter suites: where each line's source is from, by the line's name.
  init(lines: [KernelLine], suites: [String: String], kernels: [CachedKernel]) {
    rows =
      lines.flatMap { line in
        let built = kernels.filter { $0.line == line.name }
        return built.isEmpty ? [Row(line, suites, nil)] : built.map { Row(line, suites, $0) }
      }
      + kernels.filter { $0.line == nil }.map { Row(nil, suites, $0) }
  }

  /// Every line ends in a newline.
  var text: String {
    PlainTable.text(of: rows) { row in
      [
        Column(title: "line", value: row.line), Column(title: "suite", value: row.suite),
        Column(title: "release", value: row.release), Column(title: "for", value: row.target),
        Column(title: "state", value: row.state),
        Column(title: "size", value: row.size, align: .right),
      ]
    }
  }

  private struct Row {
    let line: String
    let suite: String
    let release: String
    let target: String
    let state: String
    let size: String

    init(_ line: KernelLine?, _ suites: [String: String], _ kernel: CachedKernel?) {
      self.line = line?.name ?? "-"
      suite = line.flatMap { suites[$0.name] } ?? "-"
      release = kernel?.release ?? "-"
      target = kernel.map { "\($0.target)" } ?? "-"
      size = kernel.map { $0.size.roundedMebibytes } ?? "-"
      let parts = [
        kernel?.isDebug == true ? "its checkers" : nil,
        kernel?.hasDebugInfo == true ? "debug information" : nil,
        kernel.flatMap { $0.pool == .none ? nil : "a pool of \($0.pool)" },
      ].compactMap(\.self)
      let made = parts.isEmpty ? "built" : "built, with \(parts.joined(separator: " and "))"
      state =
        switch (line, kernel) {
        case (nil, _): "out of date"
        case (_, nil): "not built"
        default: made
        }
    }
  }
}

extension ByteCount {
  /// `123 MiB`, rounded up.
  var roundedMebibytes: String { "\((bytes >> 20) + (bytes & 0xfffff == 0 ? 0 : 1)) MiB" }
}
