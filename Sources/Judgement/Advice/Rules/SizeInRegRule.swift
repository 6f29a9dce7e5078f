// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Records

/// A size where an address and a size belong, or a size at address 0.
struct SizeInRegRule: LintRule {
  static let name = Finding.Rule("reg-for-size")

  private let description = LintRuleDescription(
    Self.name, .error, "reg holds a size, and no address",
    consequence: "the node is skipped, or its pool is put at address 0, whatever is there",
    origin: "drivers/of/of_reserved_mem.c, __reserved_mem_reserve_reg (5.10, 6.1: "
      + "drivers/of/fdt.c)",
    remedy: "write size in place of reg, and alloc-ranges for where it may lie")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    var found: [Finding] = []
    for node in subject.nodes {
      if let finding = try finding(node, subject) { found.append(finding) }
    }
    return found
  }

  private func finding(
    _ node: EarlyMemory.Node, _ subject: LintSubject
  ) throws(FDTError) -> Finding? {
    let path = LintSubject.reservedMemory.child(node.name)
    guard node.isSharedPool, let bytes = try subject.tree.bytes("reg", of: path) else {
      return nil
    }
    if bytes.count == (try sizeCells(subject.tree)) * 4 {
      return description.finding(
        at: subject.place(node.name, "reg"), problem: "reg is as long as a size alone",
        consequence: "the node is skipped",
        message: subject.said(
          "Reserved memory: invalid reg property in '\(node.name)', skipping node."))
    }
    guard case .fixed(let entries) = node.placement, let first = entries.first, first.start == 0,
      first.size > 0, !node.name.contains("@")
    else { return nil }
    return description.finding(
      at: subject.place(node.name, "reg"),
      problem: "reg begins at address 0, and the node has no address",
      consequence: "the pool is put at address 0, whatever is there",
      origin: "kernel/dma/contiguous.c, rmem_cma_setup")
  }

  /// The root's; 1 where it is missing, as in the kernel (early_init_dt_scan_root).
  private func sizeCells(_ tree: FlattenedTree) throws(FDTError) -> Int {
    let bytes = try tree.bytes("#size-cells", of: .root) ?? [0, 0, 0, 1]
    return bytes.count == 4 && bytes.prefix(3).allSatisfy { $0 == 0 } ? Int(bytes[3]) : 0
  }
}
