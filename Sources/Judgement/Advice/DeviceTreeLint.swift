// SPDX-License-Identifier: Apache-2.0

package import FlattenedTree
import KernelConsole
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
  let ground: Ground

  /// What is known of the guest beside its tree.
  package enum Ground: Hashable, Sendable {
    /// Where kernel, initramfs and device tree lie.
    case known
    /// RAM alone: the boot loader chooses the places.
    case assumedPlaces
    /// Not even RAM, which the boot loader fills in.
    case assumedMemory
  }

  package init(
    kernel: String, facts: KernelFacts, tree: FlattenedTree, memory: EarlyMemory,
    ground: Ground
  ) {
    self.kernel = kernel
    self.facts = facts
    self.tree = tree
    self.memory = memory
    self.ground = ground
  }

  /// Every finding, each fault once, in the order of the rules.
  package func findings() throws(FDTError) -> [Finding] {
    let modelled = memory.withoutNumbersTooLarge
    let prediction =
      !modelled.banks.isEmpty && isPredictable ? Prediction(of: facts, with: modelled) : nil
    let subject = LintSubject(
      tree: tree, memory: memory, modelled: modelled, facts: facts, prediction: prediction,
      ground: ground, survey: try TreeSurvey(tree))
    var found = try LintRules.findings(in: subject)
    // A kernel without RAM has no more to say.
    if modelled.banks.isEmpty {
      found.removeAll { ![MemoryTypeRule.name, NoMemoryRule.name].contains($0.rule) }
    }
    // One fault, told once, by the rule that knows most of it.
    var seen: Set<Fault> = []
    return found.filter { finding in
      let isToldBetter =
        finding.rule == .said(.regLength)
        && seen.contains(Fault(rule: SizeInRegRule.name, place: finding.place))
      return seen.insert(Fault(finding)).inserted && !isToldBetter
    }.map { finding in
      var finding = finding
      finding.kernels = [kernel]
      return finding
    }
  }

  /// Whether a kernel could start there at all, as far as is modelled: its image lies in RAM, and
  /// its linear map shows all of that (arch/arm64/mm/init.c, arm64_memblock_init).
  var isPredictable: Bool {
    let banks = memory.withoutNumbersTooLarge.banks
    guard let image = PhysicalRange(start: memory.kernel, size: ByteCount(facts.image.size)),
      let lowest = banks.map(\.start.value).min(), let highest = banks.map(\.last.value).max()
    else { return false }
    guard banks.contains(where: { $0.contains(image) }) else { return false }
    // Less what the map's start is rounded down by.
    return facts.reach.map { highest - lowest < $0 - (4 << 30) } ?? true
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
