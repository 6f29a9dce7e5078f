// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Kernels
import MemoryRequests
import Quantities
import Reports
import Runs
import SystemPackage
import TextTable

/// The kernel lines, each with the kernels that the cache has of it, as a table.
struct KernelTable {
  private let rows: [Row]

  /// What comes first.
  enum Order: String, CaseIterable, ExpressibleByArgument {
    /// The lines in their order, and below them the kernels that are no line's any more.
    case line
    /// The largest kernel.
    case size
  }

  /// - Parameter suites: where each line's source is from, by the line's name.
  init(
    lines: [KernelLine], suites: [String: String], kernels: [CachedKernel], order: Order = .line
  ) {
    let byLine =
      lines.flatMap { line in
        let built = kernels.filter { $0.line == line.name }.map { Row(line, suites, $0) }
        return built.isEmpty ? [Row(line, suites, nil)] : built.sorted(by: Row.isBefore)
      }
      + kernels.filter { $0.line == nil }.map { Row(nil, suites, $0) }
    rows =
      switch order {
      case .line: byLine
      case .size: byLine.sorted { $0.bytes > $1.bytes }
      }
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
    let bytes: ByteCount

    /// Within a line: what it is built for, the plain one first.
    static func isBefore(_ one: Row, _ other: Row) -> Bool {
      (one.target, one.state) < (other.target, other.state)
    }

    init(_ line: KernelLine?, _ suites: [String: String], _ kernel: CachedKernel?) {
      self.line = line?.name ?? "-"
      suite = line.flatMap { suites[$0.name] } ?? "-"
      release = kernel?.release ?? "-"
      target = kernel.map { "\($0.target)" } ?? "-"
      size = kernel.map { $0.size.roundedMebibytes } ?? "-"
      bytes = kernel?.size ?? .zero
      let parts = [
        kernel?.isDebug == true ? "its checkers" : nil,
        kernel?.hasDebugInfo == true ? "debug information" : nil,
        kernel.flatMap { $0.pool == .none ? nil : "a pool of \($0.pool)" },
        kernel.flatMap { kernel in
          kernel.additions.isEmpty
            ? nil : kernel.additions.map(\.argument).joined(separator: ", ")
        },
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

/// What the cache takes, in lines below the table.
struct CacheTotals {
  let kernels: [CachedKernel]
  /// Unpacked and downloaded.
  let sources: ByteCount
  /// Those without a name; nil where there is none.
  let runs: KeptRuns.Runs?
  /// All of it.
  let cache: ByteCount
  let folder: FilePath

  /// Every line ends in a newline.
  var text: String {
    var lines = [Self.line(kernels, "kernels")]
    let siblings = kernels.filter { $0.line != nil && $0.isSibling }
    let outdated = kernels.filter { $0.line == nil }
    if !siblings.isEmpty {
      lines.append("  " + Self.line(siblings, "differ from another in Kconfig's pool alone"))
    }
    if !outdated.isEmpty { lines.append("  " + Self.line(outdated, "are out of date")) }
    lines.append("Sources, unpacked and downloaded: \(sources.roundedMebibytes)")
    if let runs {
      lines.append(
        "\(runs.count) runs without a name: \(runs.size.roundedMebibytes), "
          + "the oldest \(runs.days) days old")
    }
    lines.append("All of \(folder): \(cache.roundedMebibytes)")
    if !siblings.isEmpty || !outdated.isEmpty {
      lines.append("'cmalab kernels prune' removes what need not be kept.")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ kernels: [CachedKernel], _ what: String) -> String {
    let size = ByteCount(kernels.reduce(0) { $0 + $1.size.bytes })
    return "\(kernels.count) \(what): \(size.roundedMebibytes)"
  }
}

extension ByteCount {
  /// `123 MiB`, rounded up.
  var roundedMebibytes: String { "\((bytes >> 20) + (bytes & 0xfffff == 0 ? 0 : 1)) MiB" }
}
