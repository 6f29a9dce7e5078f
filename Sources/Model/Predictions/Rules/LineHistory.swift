// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// What is known of one kernel line: what it changed, and where that was held against guests.
struct LineHistory: Sendable {
  /// Its first release.
  let first: KernelRelease
  /// The releases whose predictions were compared with running guests, by architecture.
  let checked: [Architecture: KernelRelease]
  /// What changed after the line before it, up to this one, in the order of releases.
  let changes: [RuleChange]

  /// - Parameters:
  ///   - line: its two numbers.
  ///   - checked: the point releases that were compared, by architecture.
  init(_ line: (major: Int, minor: Int), checked: [Architecture: Int], changes: [RuleChange]) {
    first = KernelRelease(major: line.major, minor: line.minor)
    self.checked = checked.mapValues {
      KernelRelease(major: line.major, minor: line.minor, patch: $0)
    }
    self.changes = changes
  }

  /// Its last release, whatever its number.
  var newest: KernelRelease { KernelRelease(major: first.major, minor: first.minor, patch: nil) }

  /// From the oldest to the newest.
  static let all = [linux5dot10, linux6dot1, linux6dot12, linux7dot2, linux7dot3]
}

extension KernelRules {
  /// The rules of a release, each by its own history.
  ///
  /// - Returns: nil for a release older than the oldest line that is known.
  package init?(release: KernelRelease) {
    guard Self.oldest.release <= release else { return nil }
    self.init(unchangedSince: release)
    for change in LineHistory.all.flatMap(\.changes) where change.isPart(of: release) {
      change.apply(to: &self)
    }
  }

  /// The rules of every line that is known, from the oldest to the newest, each at its newest release.
  package static let all = LineHistory.all.compactMap { KernelRules(release: $0.newest) }

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
}
