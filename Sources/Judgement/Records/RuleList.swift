// SPDX-License-Identifier: Apache-2.0

package import Predictions
import Quantities

/// How a kernel treats early memory, rule by rule, or what two kernels do not treat alike.
package struct RuleList: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.rules.identifier

  /// From where a rule's value was taken.
  package struct Origin: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
      /// The source tree shows it.
      case tree
      /// The source tree shows no form that is known: what is said is what the release does.
      case unread
      /// `release` is the oldest that is known, and none up to this one changed the rule.
      case oldest
      /// `release` changed it.
      case release
      /// The line `release` has the change, which came after the line before it.
      case line
      /// The kernel changed the rule between two lines, in a release that is not known: the older form.
      case assumed
      /// The release is newer than all whose rules are known: what `release` does.
      case newestKnown = "newest-known"
    }

    package let kind: Kind
    /// Nil where it is assumed, or read off a tree.
    package let release: String?
  }

  /// What a kernel does.
  package struct Form: Hashable, Sendable, Codable {
    package let value: String
    package let origin: Origin
  }

  package struct Rule: Hashable, Sendable, Codable {
    package let name: String
    /// What the rule decides.
    package let question: String
    /// The kernel's source; nil for what was measured on guests.
    package let file: String?
    package let function: String?
    /// What the kernel does.
    package let form: Form
    /// What the other kernel does; nil without one.
    package let other: Form?

    /// Whether the two kernels do not do the same: a source that does not show a rule says nothing.
    package var differs: Bool { form.origin.kind != .unread && form.value != other?.value }
  }

  package let schema: String
  package let release: String
  /// The kernel that it is compared with; nil for none.
  package let against: String?
  /// The release of this line whose rules were compared with arm64 guests; nil for none.
  package let checkedRelease: String?
  /// Early parameters that the source has, and no kernel that is known: nothing is predicted with them.
  /// Nil without any.
  package let unknownParameters: [String]?
  /// How many rules there are.
  package let count: Int
  /// All of them; of two kernels those that differ, and those that a source does not show.
  package let rules: [Rule]

  package init(_ rules: KernelRules, against other: KernelRules? = nil) {
    schema = Self.currentSchema
    release = Self.name(of: rules)
    against = other.map(Self.name)
    checkedRelease =
      rules.reading == nil && rules.isChecked(on: .arm64)
      ? rules.checkedRelease(on: .arm64).map { "\($0)" } : nil
    let parameters = rules.reading?.unknownParameters ?? []
    unknownParameters = parameters.isEmpty ? nil : parameters
    count = KernelRule.all.count
    self.rules = KernelRule.all.compactMap { rule in
      let form = Form(rule, in: rules)
      let otherForm = other.map { Form(rule, in: $0) }
      if let otherForm, otherForm.value == form.value, form.origin.kind != .unread { return nil }
      return Rule(
        name: rule.name, question: rule.question, file: rule.file, function: rule.function,
        form: form, other: otherForm)
    }
  }
}

extension RuleList {
  private static func name(of rules: KernelRules) -> String {
    rules.reading == nil ? "\(rules.release)" : "\(rules.release) (its source)"
  }
}

extension RuleList.Form {
  fileprivate init(_ rule: KernelRule, in rules: KernelRules) {
    value = rule.value(of: rules)
    origin =
      switch rule.source(in: rules) {
      case .tree: .init(kind: .tree, release: nil)
      case .unread: .init(kind: .unread, release: nil)
      case .oldest: .init(kind: .oldest, release: KernelRules.oldest.line)
      case .release(let release):
        .init(kind: .release, release: release.patch == 0 ? release.line : "\(release)")
      case .line(let release): .init(kind: .line, release: release.line)
      case .assumed: .init(kind: .assumed, release: nil)
      case .newestKnown(let release): .init(kind: .newestKnown, release: release.line)
      }
  }
}
