// SPDX-License-Identifier: Apache-2.0

/// The children of /reserved-memory as newer kernels take them: static ones are reserved, dynamic ones
/// placed and set up, and static ones set up when the tree is unflattened.
extension EarlyBoot {
  /// fdt_scan_reserved_mem: static regions are reserved, dynamic ones placed and set up.
  mutating func scanStaticFirst() {
    var dynamic: [EarlyMemory.Node] = []
    for node in nodes {
      switch node.placement {
      case .fixed(let entries):
        reserveStatic(node, entries)
      case .malformedFixed:
        refuseMalformedRegister(node)
      case .nowhere:
        refuse(node, .nowhere)
      case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
        dynamic.append(node)
      }
    }
    for node in dynamic {
      if case .dynamic = node.placement, isOverridden(node, again: false) { continue }
      guard let (start, size) = placeDynamic(node) else { continue }
      regions.countOne()
      if setUp(node, start, size) || rules.keepsRefusedRegions { regions.place(start, size) }
    }
  }

  /// __reserved_mem_reserve_reg.
  private mutating func reserveStatic(_ node: EarlyMemory.Node, _ entries: [EarlyMemory.Entry]) {
    guard let first = entries.first else {
      if !rules.reservesFirstEntryOnly { regions.countOne() }
      return refuse(node, .emptyRegister)
    }
    if rules.reservesFirstEntryOnly, entries.count > 1 {
      log.say(
        "OF: reserved mem: Reserved memory: node '\(node.name)' has \(entries.count) "
          + "<base size> entries, only the first is used")
    }
    if isOverridden(node, again: false) { return }
    for entry in rules.reservesFirstEntryOnly ? [first] : entries { reserveStatic(node, entry) }
    regions.countOne()
  }

  /// Whether `cma=` overrides a default pool before anything is reserved for it.
  ///
  /// - Parameter again: whether that has been looked at before.
  private mutating func isOverridden(_ node: EarlyMemory.Node, again: Bool) -> Bool {
    guard facts.hasPools, node.isDefault, argument != nil else { return false }
    switch rules.overriddenDefault {
    case .never, .whenSetUp: return false
    case .whenReserved:
      if !again {
        log.say("OF: reserved mem: Skipping dt linux,cma-default for \"cma=\" kernel param.")
      }
    case .whenValidated:
      guard node.isPool else { return false }
      log.say("Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.")
    }
    refuse(node, .overridden)
    return true
  }

  /// fdt_scan_reserved_mem_reg_nodes, later fdt_scan_reserved_mem_late.
  mutating func setUpStaticRegions() {
    guard let reserved = input.reservedMemory else {
      return log.say("OF: reserved mem: Reserved memory: No reserved-memory node in the DT")
    }
    // What was not looked at was not counted: the list is as long as before.
    let count = reserved.isSupported ? regions.count : rules.regionListLength
    if rules.regionArray == .allocated, count > 0 {
      take(UInt64(count) * rules.reservedMemBytes, align: 64, .regionArray)
    }
    guard reserved.isSupported else {
      return log.say("OF: reserved mem: Reserved memory: unsupported node format, ignoring")
    }
    for node in nodes {
      guard case .fixed(let entries) = node.placement, let first = entries.first else { continue }
      if isOverridden(node, again: true) { continue }
      if rules.skipsSeveralEntries, entries.count > 1 {
        // Others want nothing but to be reserved.
        if node.isSharedPool { refuse(node, .severalEntries) }
        continue
      }
      guard first.size > 0 else { continue }
      if rules.printsIgnoredEntries, !rules.reservesFirstEntryOnly, entries.count > 1 {
        log.say(
          "OF: reserved mem: fdt_scan_reserved_mem_reg_nodes() ignores \(entries.count - 1) "
            + "regions in node '\(node.name)'")
      }
      setUp(node, first.start, first.size)
    }
    sayOverlaps(regions.sorted(by: rules, nodes))
  }
}
