// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What two kernels of the same configuration make of the same early memory, and the rules that make
/// the difference.
package struct Upgrade: Hashable, Sendable {
  /// What becomes of one pool.
  package struct Change: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
      case same
      case moved
      case shrunk
      case grown
      /// There is none any more, or one that is given up.
      case gone
      case new
    }

    package let name: String
    package let before: Prediction.Pool?
    package let after: Prediction.Pool?
    /// The rules of which each makes a difference to this pool: taken alone from the newer kernel, or
    /// left alone as the older one has it.
    package let rules: [KernelRule]

    package var kind: Kind {
      switch (before.flatMap(Self.usable), after.flatMap(Self.usable)) {
      case (nil, nil): .same
      case (nil, _?): .new
      case (_?, nil): .gone
      case (let before?, let after?) where before.range.size > after.range.size: .shrunk
      case (let before?, let after?) where before.range.size < after.range.size: .grown
      case (let before?, let after?): before.range == after.range ? .same : .moved
      }
    }

    private static func usable(_ pool: Prediction.Pool) -> Prediction.Pool? {
      pool.isActive ? pool : nil
    }
  }

  package let before: Prediction
  package let after: Prediction
  /// In the order in which the older kernel makes them, those that only the newer one makes last.
  package let pools: [Change]

  /// - Parameter facts: a kernel with such rules, whose configuration and image are always the same.
  package init(
    from old: KernelRules, to new: KernelRules, with memory: EarlyMemory,
    facts: (KernelRules) -> KernelFacts
  ) {
    func predict(_ rules: KernelRules) -> Prediction { Prediction(of: facts(rules), with: memory) }
    let (before, after) = (predict(old), predict(new))
    let trials = KernelRule.all.filter { $0.value(of: old) != $0.value(of: new) }.map { rule in
      (
        rule: rule, alone: predict(old.taking(rule, from: new)),
        without: predict(new.taking(rule, from: old))
      )
    }
    func pool(_ name: String, in prediction: Prediction) -> Prediction.Pool? {
      prediction.pools.first { $0.name == name }
    }
    var names: [String] = []
    for pool in before.pools + after.pools where !names.contains(pool.name) {
      names.append(pool.name)
    }
    self.before = before
    self.after = after
    pools = names.map { name in
      let (old, new) = (pool(name, in: before), pool(name, in: after))
      let rules = trials.filter {
        pool(name, in: $0.alone) != old || pool(name, in: $0.without) != new
      }
      return Change(
        name: name, before: old, after: new, rules: old == new ? [] : rules.map(\.rule))
    }
  }
}

extension KernelRules {
  fileprivate func taking(_ rule: KernelRule, from other: KernelRules) -> KernelRules {
    var rules = self
    rule.copy(from: other, to: &rules)
    return rules
  }
}
