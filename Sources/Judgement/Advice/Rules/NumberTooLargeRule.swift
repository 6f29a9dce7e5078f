// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// Numbers beyond what an ARMv8 address can have.
struct NumberTooLargeRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("wild-number"), .error, "an address or a size is 2^52 or more",
    consequence: "no pool is created, and the boot may not end",
    origin: "mm/memblock.c, memblock_cap_size",
    remedy: "see whether the cells are in order: the high one first, address before size")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    try banks(in: subject) + regions(in: subject)
  }

  private func banks(in subject: LintSubject) throws(FDTError) -> [Finding] {
    try subject.memoryRegisters().compactMap { register in
      register.starts.first { $0 >= 1 << 52 }.map { start in
        description.finding(
          at: register.place,
          problem: "RAM at \(PhysicalAddress(start)): no machine has 52 bits of addresses",
          consequence: "the kernel ignores the bank",
          origin: "arch/arm64/mm/init.c, arm64_memblock_init (arm: drivers/of/fdt.c, "
            + "early_init_dt_add_memory_arch)")
      }
    }
  }

  private func regions(in subject: LintSubject) -> [Finding] {
    subject.nodes.compactMap { node in
      let entries: [EarlyMemory.Entry]
      switch node.placement {
      case .fixed(let all): entries = all
      case .dynamic(let size, _, let within):
        entries = (within ?? []) + [.init(start: 0, size: size)]
      case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere:
        return nil
      }
      return entries.first { $0.start >= 1 << 52 || $0.size >= 1 << 52 }.map { entry in
        description.finding(
          at: subject.placement(of: node.name),
          problem: "\(PhysicalAddress(entry.size)) bytes at \(PhysicalAddress(entry.start)): no "
            + "machine has 52 bits of addresses")
      }
    }
  }
}
