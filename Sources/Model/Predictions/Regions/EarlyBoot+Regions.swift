// SPDX-License-Identifier: Apache-2.0

import Quantities

/// /reserved-memory and `/memreserve/` (drivers/of/fdt.c, drivers/of/of_reserved_mem.c).
extension EarlyBoot {
  /// The available children of /reserved-memory, where the kernel looks at it.
  var nodes: [EarlyMemory.Node] {
    guard let reserved = input.reservedMemory, reserved.isSupported else { return [] }
    return reserved.nodes
  }

  /// early_init_fdt_scan_reserved_mem.
  mutating func scanReservedMemory() {
    reserveElfCoreHeader(at: .first)
    if rules.memreserveFirst { reserveEntries() }
    if let reserved = input.reservedMemory {
      if reserved.isSupported {
        switch rules.regionOrder {
        case .sorted: scanSorted()
        case .staticFirst:
          scanStaticFirst()
          reserveLateEntries()
        }
      } else {
        log.say(
          "\(rules.staticRegionPrefix): Reserved memory: unsupported node format, ignoring")
        for node in reserved.nodes { refuse(node, .parentIgnored) }
        reserveElfCoreHeader(at: .afterStaticRegions)
        reserveLateEntries()
      }
    } else {
      reserveElfCoreHeader(at: .afterStaticRegions)
      reserveLateEntries()
    }
    reserveElfCoreHeader(at: .afterRegions)
  }

  /// Where they come after regions: those that were reserved so far.
  mutating func reserveLateEntries() {
    if !rules.memreserveFirst { reserveEntries() }
  }

  private mutating func reserveEntries() {
    for entry in input.memoryReservations {
      reserve(entry.start.value, entry.size.bytes, .memoryReservation)
    }
  }

  /// - Parameter message: what the kernel says of that node; nil where it says nothing.
  mutating func refuse(
    _ node: EarlyMemory.Node, _ cause: RegionRefusal, saying message: String? = nil
  ) {
    log.refuse(node.name, cause, message)
  }

  mutating func refuseMalformedRegister(_ node: EarlyMemory.Node) {
    refuse(
      node, .malformedRegister,
      saying: rules.dropsMalformedArrays
        ? nil
        : "\(rules.staticRegionPrefix): Reserved memory: invalid reg property in '\(node.name)', "
          + "skipping node.")
  }

  mutating func refuseForFullList(_ node: EarlyMemory.Node) {
    let message = "OF: reserved mem: \(rules.fullListMessage.rawValue)"
    let cause = RegionRefusal.listFull(rules.regionListLength)
    guard rules.fullListMessage == .named else {
      log.say(message)
      return refuse(node, cause)
    }
    refuse(node, cause, saying: "\(message) '\(node.name)'")
  }

  var isRegionListFull: Bool { regions.saved.count >= rules.regionListLength }

  /// __rmem_check_for_overlap.
  mutating func sayOverlaps(_ sorted: [RegionTable.Saved]) {
    guard sorted.count >= 2 else { return }
    for (this, next) in zip(sorted, sorted.dropFirst())
    where (this.start &+ this.size) & facts.highestAddress > next.start {
      log.say("OF: reserved mem: OVERLAP DETECTED!")
      log.say("\(name(this)) overlaps with \(name(next))")
    }
  }

  private func name(_ region: RegionTable.Saved) -> String {
    let end = region.start &+ region.size
    return "\(region.node.name) (\(facts.padded(region.start))--\(facts.padded(end)))"
  }
}
