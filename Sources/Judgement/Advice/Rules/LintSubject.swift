// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// What rules look at: a tree, and what a kernel makes of it.
struct LintSubject {
  static let reservedMemory: NodePath = "/reserved-memory"
  /// Where the command line's pool is asked for.
  static let commandLine = Finding.Place.node(path: "/chosen", property: "bootargs")

  let tree: FlattenedTree
  /// As the tree has it.
  let memory: EarlyMemory
  /// Without numbers beyond a kernel's addresses, of which nothing is predicted.
  let modelled: EarlyMemory
  let facts: KernelFacts
  /// Nil where no kernel could start there: then only the tree is looked at.
  let prediction: Prediction?
  let ground: LintCase.Ground
  /// What the tree has beyond what a kernel's early boot looks at.
  let survey: TreeSurvey

  /// Whether it is known where kernel, initramfs and device tree lie.
  var isPlaced: Bool { ground == .known }

  /// The children of /reserved-memory.
  var nodes: [EarlyMemory.Node] { memory.reservedMemory?.nodes ?? [] }

  /// The message of the kernel's early boot that has these words; nil where this kernel does not say
  /// them.
  func said(_ words: String) -> String? {
    prediction?.messages.first { $0.contains(words) }
  }

  // MARK: Places

  /// The place of a child of /reserved-memory, or of one of its properties.
  func place(_ node: String, _ property: String? = nil) -> Finding.Place {
    .node(path: Self.reservedMemory.child(node).text, property: property)
  }

  /// The property that says where a child of /reserved-memory goes.
  func placement(of name: String) -> Finding.Place {
    guard let node = nodes.first(where: { $0.name == name }) else { return place(name) }
    switch node.placement {
    case .fixed, .malformedFixed: return place(name, "reg")
    case .dynamic, .malformedSize, .malformedAlignment, .malformedRanges:
      return place(name, "size")
    case .nowhere: return place(name)
    }
  }

  /// What asks for a pool: the command line for the one that the kernel places itself, else a node.
  func place(of pool: Prediction.Pool) -> Finding.Place {
    pool.isPlacedByKernel ? Self.commandLine : placement(of: pool.name)
  }

  // MARK: Regions

  /// Whether something uses a child of /reserved-memory: a driver of its own, or a node that refers to
  /// it, for which dtc gives it a phandle.
  func isUsed(_ node: String) -> Bool {
    let properties = (try? tree.properties(of: Self.reservedMemory.child(node))) ?? []
    return properties.contains { ["compatible", "phandle", "linux,phandle"].contains($0) }
  }

  /// The regions with an address, of a tree that the kernel reads.
  var fixedRegions: [(node: EarlyMemory.Node, range: PhysicalRange)] {
    guard modelled.reservedMemory?.isSupported == true else { return [] }
    return (modelled.reservedMemory?.nodes ?? []).compactMap { node in
      guard case .fixed(let entries) = node.placement, let first = entries.first,
        let range = PhysicalRange(
          start: PhysicalAddress(first.start), size: ByteCount(first.size))
      else { return nil }
      return (node, range)
    }
  }

  /// Those of them that become a pool.
  var fixedPools: [(name: String, range: PhysicalRange)] {
    fixedRegions.filter { region in
      prediction?.pools.contains { $0.name == region.node.name } == true
    }.map { ($0.node.name, $0.range) }
  }

  /// What is reserved for something else than that child of /reserved-memory, as far as is known: other
  /// children, `/memreserve/`, kernel, initramfs and device tree.
  func reservedElsewhere(than node: String) -> [(name: String, range: PhysicalRange)] {
    var others: [(name: String, range: PhysicalRange)] = []
    if isPlaced {
      others.append((name: "the device tree", range: modelled.deviceTree))
      if let range = modelled.initramfs { others.append((name: "the initramfs", range: range)) }
      let size = ByteCount(facts.image.size)
      if let range = PhysicalRange(start: modelled.kernel, size: size) {
        others.append((name: "the kernel", range: range))
      }
    }
    for range in modelled.memoryReservations {
      others.append((name: "a /memreserve/", range: range))
    }
    for region in fixedRegions where region.node.name != node {
      others.append((name: region.node.name, range: region.range))
    }
    return others
  }
}
