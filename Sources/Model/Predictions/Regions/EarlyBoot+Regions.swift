// SPDX-License-Identifier: Apache-2.0
import Quantities

/// /reserved-memory and `/memreserve/` (drivers/of/fdt.c, drivers/of/of_reserved_mem.c).
extension EarlyBoot {
  /// MAX_RESERVED_REGIONS.
  static var maximumRegionCount: Int { 64 }

  var nodes: [EarlyMemory.Node] {
    guard let reserved = input.reservedMemory, reserved.isSupported else { return [] }
    return reserved.nodes
  }

  /// early_init_fdt_scan_reserved_mem.
  mutating func scanReservedMemory() {
    if rules.memreserveFirst { reserveEntries() }
    if let reserved = input.reservedMemory {
      if reserved.isSupported {
        switch rules.regionOrder {
        case .sorted: scanSorted()
        case .staticFirst: scanStaticFirst()
        }
      } else {
        say("\(rules.staticRegionPrefix): Reserved memory: unsupported node format, ignoring")
        for node in reserved.nodes {
          setOutcome(of: node, .refused("the whole of /reserved-memory is ignored"))
        }
      }
    }
    if !rules.memreserveFirst { reserveEntries() }
  }

  mutating func reserveEntries() {
    for entry in input.memoryReservations {
      reserve(entry.start.value, entry.size.bytes, "/memreserve/")
    }
  }

  mutating func setOutcome(
    of node: EarlyMemory.Node, _ outcome: Prediction.Region.Outcome
  ) {
    if let index = prediction.regions.firstIndex(where: { $0.name == node.name }) {
      prediction.regions[index].outcome = outcome
    } else {
      prediction.regions.append(.init(name: node.name, outcome: outcome))
    }
  }

  /// An element of reserved_mem[].
  struct SavedRegion: Hashable {
    let node: EarlyMemory.Node
    var start: UInt64
    var size: UInt64
  }

  mutating func sayMalformedRegister(_ node: EarlyMemory.Node) {
    if !rules.dropsMalformedArrays {
      say(
        "\(rules.staticRegionPrefix): Reserved memory: invalid reg property in '\(node.name)', "
          + "skipping node.")
    }
    setOutcome(of: node, .refused("its reg is no whole number of entries"))
  }

  /// __rmem_check_for_overlap.
  mutating func sayOverlaps(_ sorted: [SavedRegion]) {
    guard sorted.count >= 2 else { return }
    for (this, next) in zip(sorted, sorted.dropFirst())
    where (this.start &+ this.size) & facts.highestAddress > next.start {
      say("OF: reserved mem: OVERLAP DETECTED!")
      say(
        "\(this.node.name) (\(padded(this.start))--\(padded(this.start &+ this.size))) "
          + "overlaps with \(next.node.name) "
          + "(\(padded(next.start))--\(padded(next.start &+ next.size)))")
    }
  }
}
