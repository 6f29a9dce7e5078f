// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// One rule of how kernels treat early memory: what it decides, in which kernel function, and its value
/// for a release.
package struct KernelRule: Sendable {
  /// Where the value that a release has was taken from.
  package enum Source: Hashable, Sendable {
    /// The source tree shows it.
    case tree
    /// The source tree shows no form of it that is known: the release's is taken.
    case unread
    /// No release up to this one changed it since the oldest that is known.
    case oldest
    /// The release that changed it.
    case release(KernelRelease)
    /// The line that has the change, which came after the line before it.
    case line(KernelRelease)
    /// The change came between two lines, in a release that is not known: the older form is taken.
    case assumed
    /// The release is newer than all that is known.
    case newestKnown(KernelRelease)
  }

  /// As records and the command line name it: `pool-time`.
  package let name: String
  /// What it decides, in a few words.
  package let question: String
  /// Of the kernel's source; nil for what was measured on guests.
  package let file: String?
  package let function: String?
  let property: any PartialKeyPath<KernelRules> & Sendable
  private let text: @Sendable (KernelRules) -> String
  private let copy: @Sendable (KernelRules, inout KernelRules) -> Void

  /// Whether kernels of an architecture are treated by it: what is in arch/arm is of no other's concern.
  package func concerns(_ architecture: Architecture) -> Bool {
    architecture == .arm || file?.hasPrefix("arch/arm/") != true
  }

  /// The value that a kernel has.
  package func value(of rules: KernelRules) -> String { text(rules) }

  /// Takes over what another kernel does.
  func copy(from other: KernelRules, to rules: inout KernelRules) { copy(other, &rules) }

  /// Where that was taken from.
  package func source(in rules: KernelRules) -> Source {
    if rules.reading?.read.contains(name) == true { return .tree }
    if rules.reading?.unread.contains(name) == true { return .unread }
    if rules.isNewerThanAll, let newest = LineHistory.all.last { return .newestKnown(newest.first) }
    let release = rules.release
    var change: RuleChange?
    for line in LineHistory.all {
      for next in line.changes where next.rule == property {
        if next.since == nil, line.follows(release) { return .assumed }
        if next.isPart(of: release, since: line.first) { change = next }
      }
    }
    guard let change else { return .oldest }
    let backport = change.backports.first { $0.line == release.line && $0 <= release }
    if let since = backport ?? change.since { return .release(since) }
    return LineHistory.first(with: change).map { .line($0) } ?? .oldest
  }

  static func name(of property: PartialKeyPath<KernelRules>) -> String {
    all.first { $0.property == property }?.name ?? "\(property)"
  }

  // MARK: Making one

  private init<Value>(
    _ name: String, _ property: any WritableKeyPath<KernelRules, Value> & Sendable,
    _ question: String,
    _ origin: (file: String, function: String)?, text: @escaping @Sendable (Value) -> String
  ) {
    self.name = name
    self.question = question
    file = origin?.file
    function = origin?.function
    self.property = property
    self.text = { text($0[keyPath: property]) }
    copy = { $1[keyPath: property] = $0[keyPath: property] }
  }

  init<Value: RawRepresentable<String> & SendableMetatype>(
    _ name: String, _ property: any WritableKeyPath<KernelRules, Value> & Sendable,
    _ question: String,
    in origin: (file: String, function: String)?
  ) {
    self.init(name, property, question, origin) { $0.rawValue }
  }

  init(
    _ name: String, _ property: any WritableKeyPath<KernelRules, Bool> & Sendable,
    _ question: String,
    in origin: (file: String, function: String)?
  ) {
    self.init(name, property, question, origin) { $0 ? "yes" : "no" }
  }

  init<Value: CustomStringConvertible & SendableMetatype>(
    _ name: String, _ property: any WritableKeyPath<KernelRules, Value> & Sendable,
    _ question: String,
    in origin: (file: String, function: String)?
  ) {
    self.init(name, property, question, origin) { $0.description }
  }
}

extension KernelRule: Hashable {
  package static func == (left: KernelRule, right: KernelRule) -> Bool { left.name == right.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension LineHistory {
  /// The first line that has a change of which no release is known.
  static func first(with change: RuleChange) -> KernelRelease? {
    all.first { $0.changes.contains { $0.rule == change.rule && $0.since == nil } }?.first
  }
}
