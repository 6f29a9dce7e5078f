// SPDX-License-Identifier: Apache-2.0

package import FlattenedTree
package import Predictions
import Quantities
package import Records

/// A device tree, and a kernel that is to start with it.
package struct LintCase: Sendable {
  /// As in `6.1, 4K pages`.
  package let kernel: String
  let facts: KernelFacts
  let tree: FlattenedTree
  let memory: EarlyMemory
  /// Whether it is known where kernel, initramfs and device tree lie.
  let isPlaced: Bool

  package init(
    kernel: String, facts: KernelFacts, tree: FlattenedTree, memory: EarlyMemory,
    isPlaced: Bool
  ) {
    self.kernel = kernel
    self.facts = facts
    self.tree = tree
    self.memory = memory
    self.isPlaced = isPlaced
  }

  /// Every finding, in no order.
  package func findings() throws(FDTError) -> [Finding] {
    let modelled = memory.withoutWildNumbers
    let rules = TreeRules(tree: tree, memory: memory)
    // A kernel without RAM has no more to say.
    guard !modelled.banks.isEmpty else { return try rules.memoryNodes().map(named) }
    guard isPredictable else { return try rules.findings().map { named(heard($0, in: [])) } }
    let prediction = Prediction(of: facts, with: modelled)
    let unheard = try rules.findings()
    var found = unheard.filter { $0.rule == "reg-for-size" }
    found += KernelWords(rules: rules, facts: facts, prediction: prediction)
      .findings()
    found += unheard.map { heard($0, in: prediction.messages) }
    found += PlaceRules(
      rules: rules, facts: facts, prediction: prediction, memory: modelled, isPlaced: isPlaced
    ).findings()
    // One fault, told once, by the rule that knows most of it.
    var seen: Set<String> = []
    return found.filter { finding in
      let isToldBetter =
        finding.rule == "reg-length" && seen.contains("reg-for-size \(finding.place.key)")
      return seen.insert("\(finding.rule) \(finding.place.key)").inserted && !isToldBetter
    }.map { named(heard($0, in: prediction.messages)) }
  }

  /// Whether a kernel could start there at all, as far as is modelled: its image lies in RAM, and
  /// its linear map shows all of that (arch/arm64/mm/init.c, arm64_memblock_init).
  package var isPredictable: Bool {
    let banks = memory.withoutWildNumbers.banks
    guard let image = PhysicalRange(start: memory.kernel, size: ByteCount(facts.image.size)),
      let lowest = banks.map(\.start.value).min(), let highest = banks.map(\.last.value).max()
    else { return false }
    guard banks.contains(where: { $0.contains(image) }) else { return false }
    // Less what the map's start is rounded down by.
    return facts.reach.map { highest - lowest < $0 - (4 << 30) } ?? true
  }

  private func named(_ finding: Finding) -> Finding {
    var finding = finding
    finding.kernels = [kernel]
    return finding
  }

  /// Without words of the early boot that this kernel does not say: some lines are silent.
  private func heard(_ finding: Finding, in messages: [String]) -> Finding {
    guard let message = finding.message, finding.isSaidEarly else { return finding }
    var finding = finding
    finding.message = messages.first { $0.contains(message) }
    return finding
  }
}

extension [LintCase] {
  /// The findings of all cases, the worst first; one that is not the first case's is a warning.
  package func findings() throws(FDTError) -> [Finding] {
    var found: [Finding] = []
    for (index, lintCase) in enumerated() {
      for var finding in try lintCase.findings() {
        let known = found.firstIndex {
          $0.rule == finding.rule && $0.place == finding.place
        }
        if let known {
          found[known].kernels += finding.kernels
        } else {
          if index > 0 { finding.severity = Swift.max(finding.severity, .warning) }
          found.append(finding)
        }
      }
    }
    return found.enumerated()
      .sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
  }
}

extension EarlyMemory {
  /// Without what has more than the 48 bits of an ARMv8.0 address: what a kernel makes of that is not
  /// modelled.
  fileprivate var withoutWildNumbers: EarlyMemory {
    func isTame(_ entries: [Entry]) -> Bool {
      entries.allSatisfy { $0.start < 1 << 48 && $0.size < 1 << 48 }
    }
    var tame = self
    tame.banks.removeAll { $0.last.value >= 1 << 48 }
    tame.memoryReservations.removeAll { $0.last.value >= 1 << 48 }
    if initramfs.map({ $0.last.value >= 1 << 48 }) == true { tame.initramfs = nil }
    tame.reservedMemory?.nodes.removeAll { node in
      switch node.placement {
      case .fixed(let entries): !isTame(entries)
      case .dynamic(let size, let alignment, let within):
        size >= 1 << 48 || alignment ?? 0 >= 1 << 48 || !isTame(within ?? [])
      case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere: false
      }
    }
    return tame
  }
}
