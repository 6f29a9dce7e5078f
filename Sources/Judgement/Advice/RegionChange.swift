// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Records

/// One thing to change so that a node of /reserved-memory becomes what it asks for.
struct RegionChange: Hashable {
  enum What: Hashable {
    case placement(EarlyMemory.Node.Placement)
    /// RAM beside the banks that there are.
    case bank(PhysicalRange)
  }

  let kind: RegionAdvice.Kind
  let what: What

  static func fixed(_ kind: RegionAdvice.Kind, at start: UInt64, _ size: UInt64) -> RegionChange {
    RegionChange(kind: kind, what: .placement(.fixed([.init(start: start, size: size)])))
  }

  static func dynamic(
    _ kind: RegionAdvice.Kind, _ size: UInt64, alignment: UInt64?, within: [EarlyMemory.Entry]?
  ) -> RegionChange {
    RegionChange(
      kind: kind, what: .placement(.dynamic(size: size, alignment: alignment, within: within)))
  }

  /// The node as it is to be written.
  func applied(to node: EarlyMemory.Node) -> EarlyMemory.Node {
    guard case .placement(let placement) = what else { return node }
    var node = node
    node.placement = placement
    return node
  }

  func applied(to memory: EarlyMemory, node index: Int) -> EarlyMemory {
    var changed = memory
    switch what {
    case .placement(let placement):
      changed.reservedMemory?.nodes[index].placement = placement
    case .bank(let bank):
      changed.banks = (memory.banks + [bank]).sorted()
    }
    return changed
  }

  func summary(unit: ByteCount) -> String {
    switch what {
    case .bank(let bank): "declare the RAM at \(bank), if the board has it"
    case .placement(.fixed(let entries)):
      "put it at "
        + entries.map {
          "\(PhysicalAddress($0.start)), \(ByteCount($0.size))"
        }.joined(separator: " and ")
        + (kind == .alignment ? ", multiples of \(unit)" : "")
    case .placement(.dynamic(let size, _, let within)):
      switch kind {
      case .size:
        "ask for \(ByteCount(size))\(Self.place(within)), which is the most that there is room for"
      case .alignment: "ask for \(ByteCount(size)), a multiple of \(unit)"
      case .bank, .place, .range:
        "let the kernel find a place for its \(ByteCount(size)),\(Self.place(within))"
      }
    case .placement: ""
    }
  }

  private static func place(_ within: [EarlyMemory.Entry]?) -> String {
    guard let within, !within.isEmpty else { return "" }
    let ranges = within.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    return " with alloc-ranges " + ranges.map(\.description).joined(separator: " ")
  }
}
