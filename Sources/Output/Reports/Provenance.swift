// SPDX-License-Identifier: Apache-2.0

import Records

extension RunCollection {
  /// When, where and with what the runs were made, and of which kernels, each told once:
  /// `2026-11-28 · host · cmalab 0.2.0 · QEMU 7.2.22 · Linux 6.1.192`.
  var provenance: [String] {
    let made = cells.compactMap(\.record.made)
    let days = Self.distinct(made.map { String($0.date.prefix { $0 != "T" }) }.sorted())
    let kernels = Self.distinct(
      cells.compactMap(\.record.observed.kernelRelease)
        .sorted { $0.compare(naturally: $1) })
    let period = days.count > 1 ? "\(days[0]) to \(days[days.count - 1])" : days.first
    return [
      period, Self.list(Self.distinct(made.map(\.host))),
      Self.list(Self.distinct(made.map(\.cmalab))).map { "cmalab \($0)" },
      Self.list(Self.distinct(made.map(\.emulator))).map { "QEMU \($0)" },
      Self.list(kernels).map { "Linux \($0)" },
    ].compactMap(\.self)
  }

  /// More of them are counted.
  private static let mostNamed = 6

  private static func list(_ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let more = names.count > mostNamed ? " and \(names.count - mostNamed) more" : ""
    return names.prefix(mostNamed).joined(separator: ", ") + more
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

extension String {
  /// Whether a release comes before another one: `5.10.251` before `6.1.192`.
  fileprivate func compare(naturally other: String) -> Bool {
    func numbers(_ text: String) -> [Int] { text.split { !$0.isNumber }.map { Int($0) ?? .max } }
    return numbers(self).lexicographicallyPrecedes(numbers(other))
  }
}
