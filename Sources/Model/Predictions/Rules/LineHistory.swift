// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// What is known of one kernel line: what it changed, and where that was held against guests.
struct LineHistory: Sendable {
  /// Its first release.
  let first: KernelRelease
  /// The last release of the line before it; nil for the oldest line.
  let lastBefore: KernelRelease?
  /// The releases whose predictions were compared with running guests, by architecture.
  let checked: [Architecture: KernelRelease]
  /// What changed after the line before it, up to this one. Of several changes of one rule the last one
  /// that a release has counts.
  let changes: [RuleChange]

  /// - Parameters:
  ///   - line: its two numbers.
  ///   - before: the line that it is compared with.
  ///   - checked: the point releases that were compared, by architecture.
  init(
    _ line: (major: Int, minor: Int), after before: LineHistory? = nil,
    checked: [Architecture: Int] = [:], _ changes: [RuleChange] = []
  ) {
    first = KernelRelease(major: line.major, minor: line.minor)
    lastBefore = before?.last
    self.checked = checked.mapValues {
      KernelRelease(major: line.major, minor: line.minor, patch: $0)
    }
    self.changes = changes
  }

  /// Its last release, whatever its number.
  var last: KernelRelease { KernelRelease(major: first.major, minor: first.minor, patch: nil) }

  /// Whether a release lies between the line before and this one.
  func follows(_ release: KernelRelease) -> Bool {
    lastBefore.map { $0 < release && release < first } ?? false
  }

  /// From the oldest to the newest.
  static let all = [
    linux5dot4, linux5dot10, linux5dot15, linux6dot1, linux6dot6, linux6dot12, linux6dot18,
    linux7dot2, linux7dot3,
  ]
}

extension KernelRules {
  /// The rules of a release, each by its own history.
  ///
  /// - Returns: nil for a release older than the oldest line that is known.
  package init?(release: KernelRelease) {
    guard Self.oldest.release <= release else { return nil }
    self.init(unchangedSince: release)
    for line in LineHistory.all {
      for change in line.changes where change.isPart(of: release, since: line.first) {
        change.apply(to: &self)
      }
    }
  }

  /// The rules of every line that is known, from the oldest to the newest, each at its newest release.
  package static let all = LineHistory.all.compactMap { KernelRules(release: $0.last) }

  /// The rules as they are declared.
  package static let oldest = KernelRules(unchangedSince: LineHistory.all[0].first)

  /// The release of the newest line, up to this one's, whose predictions were compared with guests: of
  /// that architecture, or where none were, of arm64.
  package func checkedRelease(on architecture: Architecture) -> KernelRelease? {
    let line = LineHistory.all.last { $0.first <= release && !$0.checked.isEmpty }
    return line?.checked[architecture] ?? line?.checked[.arm64]
  }

  /// Whether guests of this release's line were compared.
  package func isChecked(on architecture: Architecture) -> Bool {
    LineHistory.all.contains { $0.first.line == line && $0.checked[architecture] != nil }
  }

  /// The names of the rules of which it is not known whether this release has the older or the newer
  /// form: the older one is taken.
  package var uncertain: [String] {
    LineHistory.all.filter { $0.follows(release) }.flatMap { line in
      line.changes.filter { $0.since == nil }.map { KernelRule.name(of: $0.rule) }
    }
  }

  /// Whether the release is newer than all lines that are known: the newest line's rules are taken.
  package var isNewerThanAll: Bool { LineHistory.all.last.map { $0.last < release } ?? false }
}
