// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// Reads one rule off a kernel's source: what each of its forms looks like there.
struct SourceProbe: Sendable {
  let rule: any PartialKeyPath<KernelRules> & Sendable
  private let forms: [(condition: SourceCondition, apply: @Sendable (inout KernelRules) -> Void)]

  init<Value: Sendable>(
    _ rule: any WritableKeyPath<KernelRules, Value> & Sendable,
    _ forms: [(value: Value, condition: SourceCondition)]
  ) {
    self.rule = rule
    self.forms = forms.map { form in (form.condition, { $0[keyPath: rule] = form.value }) }
  }

  /// - Returns: whether the source has exactly one of the forms.
  func read(_ source: KernelSource, into rules: inout KernelRules) -> Bool {
    let found = forms.filter { $0.condition.holds(in: source) }
    guard found.count == 1 else { return false }
    found[0].apply(&rules)
    return true
  }

  /// Of every rule that a source shows.
  static let all = pools + regions + crashKernel + captureKernel + arm64 + arm + sizes
}

extension KernelRules {
  /// What became of reading rules off a source tree.
  package struct Reading: Hashable, Sendable {
    /// The rules that the source shows, by name.
    package var read: Set<String> = []
    /// Those of which it shows no form that is known, or several.
    package var unread: [String] = []
    /// Early parameters that the source has, and none of the kernels that are known.
    package var unknownParameters: [String] = []
  }

  /// The rules that a source tree shows; those that no source shows are the release's.
  ///
  /// - Parameter release: as the tree's Makefile names it.
  /// - Returns: nil for a release older than the oldest line that is known.
  package init?(release: KernelRelease, reading source: KernelSource) {
    self.init(release: release)
    var reading = Reading()
    for probe in SourceProbe.all {
      let name = KernelRule.name(of: probe.rule)
      if probe.read(source, into: &self) {
        reading.read.insert(name)
      } else {
        reading.unread.append(name)
      }
    }
    reading.unknownParameters = source.earlyParameters.filter { !EarlyParameter.isKnown($0) }
    self.reading = reading
  }
}
