// SPDX-License-Identifier: Apache-2.0

import Records

// What the formats for people have in common.

extension Finding.Place {
  /// The file and the key.
  var words: String { [file, key].compactMap(\.self).joined(separator: ": ") }
}

extension LintReport {
  /// What concerns the first kernel, which is the usual one.
  var shown: [Finding] { findings.filter(isShown) }

  private func isShown(_ finding: Finding) -> Bool {
    finding.severity == .error || finding.kernels.contains { $0 == kernels.first }
  }

  /// How many of those have which severity, and for which kernels was looked.
  var counts: String {
    func count(_ severity: Finding.Severity, _ word: String) -> String {
      let count = shown.count { $0.severity == severity }
      return "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    let counts = [count(.error, "error"), count(.warning, "warning"), count(.note, "note")]
    return "\(counts.joined(separator: ", ")), for \(kernels.joined(separator: "; "))"
  }

  /// What is found with other page sizes alone, in a line; nil for nothing.
  var otherPageSizes: String? {
    let others = findings.filter { !isShown($0) }
    guard !others.isEmpty else { return nil }
    let names = kernels.filter { name in others.contains { $0.kernels.contains(name) } }
    let rules = Set(others.map(\.rule.rawValue)).sorted()
    return "  with \(names.joined(separator: "; ")): \(others.count) more "
      + "(\(rules.joined(separator: ", "))), which --page-size shows"
  }

  /// On which layouts and kernels it is found, where that is not all of them.
  func conditions(of finding: Finding) -> [String] {
    var conditions: [String] = []
    if let layouts = finding.layouts, layouts != self.layouts, !finding.place.namesLayout {
      conditions.append("layout \(layouts.joined(separator: ", "))")
    }
    if finding.kernels != kernels { conditions += finding.kernels }
    return conditions
  }
}

extension Finding.Place {
  /// Whether its words say already which layout it is about.
  fileprivate var namesLayout: Bool {
    switch self {
    case .node: false
    case .boardKey: true
    case .option(_, let layout): layout != nil
    }
  }
}
