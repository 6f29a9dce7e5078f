// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities

/// Nodes as device-tree source, with the cell counts of a tree's root.
struct NodeSource {
  private let addressCells: Int
  private let sizeCells: Int

  /// - Parameter blob: a tree; two cells each where its root does not say.
  init(likeRootOf blob: [UInt8]) {
    let tree = try? FlattenedTree(validating: blob)
    func cells(_ property: String) -> Int {
      (try? tree?.cell(property, of: .root)).flatMap { $0 == 1 ? 1 : nil } ?? 2
    }
    addressCells = cells("#address-cells")
    sizeCells = cells("#size-cells")
  }

  /// A child of /reserved-memory, as
  /// Documentation/devicetree/bindings/reserved-memory/shared-dma-pool.yaml has it.
  func node(_ node: EarlyMemory.Node, name: String, alignment: UInt64) -> String {
    var lines: [String] = []
    if node.isSharedPool { lines.append("compatible = \"shared-dma-pool\";") }
    if node.isReusable { lines.append("reusable;") }
    if node.isNoMap { lines.append("no-map;") }
    switch node.placement {
    case .fixed(let entries): lines.append("reg = <\(entries.map(text).joined(separator: " "))>;")
    case .dynamic(let size, let asked, let within):
      lines.append("size = <\(cells(size, sizeCells))>;")
      lines.append("alignment = <\(cells(asked ?? alignment, addressCells))>;")
      if let within, !within.isEmpty {
        lines.append("alloc-ranges = <\(within.map(text).joined(separator: " "))>;")
      }
    case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere: break
    }
    if node.isDefault { lines.append("linux,cma-default;") }
    return "\(name) {\n" + lines.map { "\t\($0)\n" }.joined() + "};\n"
  }

  func memory(_ bank: PhysicalRange) -> String {
    let entry = EarlyMemory.Entry(start: bank.start.value, size: bank.size.bytes)
    return """
      memory@\(String(bank.start.value, radix: 16)) {
      \tdevice_type = "memory";
      \treg = <\(text(entry))>;
      };

      """
  }

  private func text(_ entry: EarlyMemory.Entry) -> String {
    "\(cells(entry.start, addressCells)) \(cells(entry.size, sizeCells))"
  }

  private func cells(_ value: UInt64, _ count: Int) -> String {
    let low = "0x\(String(value & 0xffff_ffff, radix: 16))"
    return count == 1 ? low : "0x\(String(value >> 32, radix: 16)) \(low)"
  }
}
