// SPDX-License-Identifier: Apache-2.0

/// The children of /reserved-memory since 6.12: static ones are reserved, dynamic ones placed and set up,
/// and static ones set up when the tree is unflattened.
extension EarlyBoot {
  /// fdt_scan_reserved_mem: static regions are reserved, dynamic ones placed and set up.
  mutating func scanStaticFirst() {
    var dynamic: [EarlyMemory.Node] = []
    for node in nodes {
      switch node.placement {
      case .fixed(let entries):
        guard let first = entries.first else {
          setOutcome(of: node, .refused("its reg is empty"))
          continue
        }
        if rules.reservesFirstEntryOnly, entries.count > 1 {
          say(
            "OF: reserved mem: Reserved memory: node '\(node.name)' has \(entries.count) "
              + "<base size> entries, only the first is used")
        }
        guard !rules.validatesFirst || validates(node) else { continue }
        for entry in rules.reservesFirstEntryOnly ? [first] : entries {
          reserveStatic(node, entry)
        }
        allocatedRegionCount += 1
      case .malformedFixed:
        sayMalformedRegister(node)
      case .nowhere:
        setOutcome(of: node, .refused("it has neither reg nor size"))
      case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
        dynamic.append(node)
      }
    }
    for node in dynamic {
      if rules.validatesFirst, case .dynamic = node.placement {
        guard validates(node) else { continue }
      }
      guard let (start, size) = placeDynamic(node) else { continue }
      allocatedRegionCount += 1
      if setUp(node, start, size) || rules.keepsRefusedRegions {
        placedRegions.append((start, size))
      }
    }
  }

  /// The first half of fdt_validate_reserved_mem_node: a default pool that `cma=` goes before is
  /// left alone, its memory included.
  mutating func validates(_ node: EarlyMemory.Node) -> Bool {
    guard facts.hasPools, node.isPool, node.isDefault, argument != nil else { return true }
    say("Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.")
    setOutcome(of: node, .refused("cma= on the command line goes before it"))
    return false
  }

  /// fdt_scan_reserved_mem_reg_nodes of 6.12, fdt_scan_reserved_mem_late of 7.2.
  mutating func setUpStaticRegions() {
    guard let reserved = input.reservedMemory else {
      say("OF: reserved mem: Reserved memory: No reserved-memory node in the DT")
      return
    }
    guard reserved.isSupported else {
      say("OF: reserved mem: Reserved memory: unsupported node format, ignoring")
      return
    }
    if rules.regionArray == .allocated, allocatedRegionCount > 0 {
      take(UInt64(allocatedRegionCount) * rules.reservedMemBytes, align: 64, "region array")
    }
    for node in nodes {
      guard case .fixed(let entries) = node.placement, let first = entries.first, first.size > 0
      else { continue }
      guard !rules.validatesFirst || validates(node) else { continue }
      if !rules.reservesFirstEntryOnly, entries.count > 1 {
        say(
          "OF: reserved mem: fdt_scan_reserved_mem_reg_nodes() ignores \(entries.count - 1) "
            + "regions in node '\(node.name)'")
      }
      setUp(node, first.start, first.size)
    }
    sayOverlapsOfPlaced()
  }

  /// Regions that overlap, once they all have a place.
  mutating func sayOverlapsOfPlaced() {
    guard savedRegions.count > 1 else { return }
    let order = Dictionary(
      nodes.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    var sorted = savedRegions
    if rules.ordersEqualRegions {
      sorted.sort {
        ($0.start, $0.size, order[$0.node.name] ?? 0)
          < ($1.start, $1.size, order[$1.node.name] ?? 0)
      }
    } else {
      sorted.sort(as: rules.regionSort)
    }
    sayOverlaps(sorted)
  }
}
