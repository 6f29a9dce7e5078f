// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// What two kernels make of the same early memory, and the rules and options that make the difference.
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

      /// - Parameters:
      ///   - before: where the pool is with the older kernel; nil where there is none to use.
      ///   - after: the same with the newer one.
      package init(from before: PhysicalRange?, to after: PhysicalRange?) {
        self =
          switch (before, after) {
          case (nil, nil): .same
          case (nil, _?): .new
          case (_?, nil): .gone
          case (let before?, let after?) where before.size > after.size: .shrunk
          case (let before?, let after?) where before.size < after.size: .grown
          case (let before?, let after?): before == after ? .same : .moved
          }
      }
    }

    package let name: String
    package let before: Prediction.Pool?
    package let after: Prediction.Pool?
    /// The rules of which each makes a difference to this pool: taken alone from the newer kernel, or
    /// left alone as the older one has it.
    package let rules: [KernelRule]
    /// The names of the options of Kconfig, without `CONFIG_`, of which the same holds.
    package let options: [String]

    package var kind: Kind {
      Kind(from: before.flatMap(Self.usable), to: after.flatMap(Self.usable))
    }

    private static func usable(_ pool: Prediction.Pool) -> PhysicalRange? {
      pool.isActive ? pool.range : nil
    }
  }

  package let oldKernel: KernelFacts
  package let newKernel: KernelFacts
  package let before: Prediction
  package let after: Prediction
  /// In the order in which the older kernel makes them, those that only the newer one makes last.
  package let pools: [Change]

  /// What becomes of the pools where one thing of the two kernels changes hands.
  private struct Trial {
    /// The older kernel with the newer one's.
    let alone: Prediction
    /// The newer kernel with the older one's.
    let without: Prediction

    func counts(for change: (before: Prediction.Pool?, after: Prediction.Pool?), _ name: String)
      -> Bool
    {
      alone.pool(named: name) != change.before || without.pool(named: name) != change.after
    }
  }

  /// - Parameter facts: a kernel that is known, had it such rules and such a configuration.
  package init(
    from old: KernelFacts, to new: KernelFacts, with memory: EarlyMemory,
    facts: (_ kernel: KernelFacts, KernelRules, _ configuration: [String: String]) -> KernelFacts
  ) {
    func predict(_ kernel: KernelFacts) -> Prediction { Prediction(of: kernel, with: memory) }
    let (before, after) = (predict(old), predict(new))
    let rules = KernelRule.all.filter { $0.value(of: old.rules) != $0.value(of: new.rules) }
      .map { rule in
        let (alone, without) = (
          old.rules.taking(rule, from: new.rules), new.rules.taking(rule, from: old.rules)
        )
        return (
          rule,
          Trial(
            alone: predict(facts(old, alone, old.configuration(with: alone))),
            without: predict(facts(new, without, new.configuration(with: without))))
        )
      }
    let options = Self.optionsOfWeight(from: old, to: new, facts: facts).map { name, one, other in
      (name, Trial(alone: predict(one), without: predict(other)))
    }
    var names: [String] = []
    for pool in before.pools + after.pools where !names.contains(pool.name) {
      names.append(pool.name)
    }
    oldKernel = old
    newKernel = new
    self.before = before
    self.after = after
    pools = names.map { name in
      let (was, becomes) = (before.pool(named: name), after.pool(named: name))
      let isSame = was == becomes
      return Change(
        name: name, before: was, after: becomes,
        rules: isSame ? [] : rules.filter { $0.1.counts(for: (was, becomes), name) }.map(\.0),
        options: isSame ? [] : options.filter { $0.1.counts(for: (was, becomes), name) }.map(\.0))
    }
  }

  /// The options that the two kernels do not have alike, of which the model of either kernel depends: the
  /// older kernel with the newer one's value, and the other way round.
  private static func optionsOfWeight(
    from old: KernelFacts, to new: KernelFacts,
    facts: (_ kernel: KernelFacts, KernelRules, _ configuration: [String: String]) -> KernelFacts
  ) -> [(name: String, alone: KernelFacts, without: KernelFacts)] {
    let (ofOld, ofNew) = (old.configuration(with: new.rules), new.configuration)
    let names = Set(ofOld.keys).union(ofNew.keys).filter { ofOld[$0] != ofNew[$0] }
    func weighs(_ kernel: KernelFacts, against usual: KernelFacts) -> Bool {
      var (one, other) = (kernel, usual)
      (one.configuration, other.configuration) = ([:], [:])
      return one != other
    }
    let (plainOld, plainNew) = (
      facts(old, old.rules, old.configuration), facts(new, new.rules, new.configuration)
    )
    return names.sorted().compactMap { name in
      var (one, other) = (old.configuration, new.configuration)
      one[name] = ofNew[name]
      other[name] = ofOld[name]
      let (alone, without) = (facts(old, old.rules, one), facts(new, new.rules, other))
      guard weighs(alone, against: plainOld) || weighs(without, against: plainNew) else {
        return nil
      }
      return (name, alone, without)
    }
  }
}

extension Prediction {
  fileprivate func pool(named name: String) -> Pool? { pools.first { $0.name == name } }
}

extension KernelRules {
  fileprivate func taking(_ rule: KernelRule, from other: KernelRules) -> KernelRules {
    var rules = self
    rule.copy(from: other, to: &rules)
    return rules
  }
}
