// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Records

/// The search for changes that make a region of a node of /reserved-memory.
struct RegionSearch {
  private let kernel: KernelFacts
  private let memory: EarlyMemory
  /// What becomes of everything as it is.
  private let prediction: Prediction
  private let index: Int
  private let node: EarlyMemory.Node
  /// What the kernel wants address and size to be multiples of.
  let unit: UInt64

  /// A change of which the model says that it helps, and where the region then lies.
  struct Candidate: Hashable {
    let change: RegionChange
    let region: PhysicalRange
  }

  /// Nil where the tree has no such node.
  init?(node name: String, of prediction: Prediction, _ kernel: KernelFacts, _ memory: EarlyMemory)
  {
    guard let nodes = memory.reservedMemory?.nodes,
      let index = nodes.firstIndex(where: { $0.name == name })
    else { return nil }
    self.kernel = kernel
    self.memory = memory
    self.prediction = prediction
    self.index = index
    node = nodes[index]
    unit = node.isPool ? kernel.poolAlignment : kernel.pageSize
  }

  /// The first change of each kind that helps.
  var candidates: [Candidate] {
    let changes =
      switch node.placement {
      case .fixed(let entries): entries.first.map(changes(ofFixed:)) ?? []
      case .dynamic(let size, let alignment, let within):
        changes(ofDynamic: size, alignment, within)
      case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere:
        [RegionChange]()
      }
    return RegionAdvice.Kind.allCases.compactMap { kind in
      changes.lazy.filter { $0.kind == kind }.compactMap(helps).first
    }
  }

  /// Whether the node becomes a region by it, and nothing else loses by that.
  private func helps(_ change: RegionChange) -> Candidate? {
    let changed = change.applied(to: memory, node: index)
    let outcome = Prediction(of: kernel, with: changed)
    guard outcome.unknown == nil, let region = outcome.range(ofNode: node.name),
      !outcome.exposures.contains(where: { $0.pool == node.name || $0.other == node.name }),
      outcome.fatality == nil || outcome.fatality == prediction.fatality,
      outcome.regionFaults.count < prediction.regionFaults.count,
      node.isDefault || isKept(prediction.defaultPool, in: outcome)
    else { return nil }
    return Candidate(change: change, region: region)
  }

  private func isKept(_ pool: Prediction.Pool?, in outcome: Prediction) -> Bool {
    guard let pool else { return true }
    return outcome.defaultPool.map { $0.range.size >= pool.range.size && $0.isActive } ?? false
  }

  private func down(_ value: UInt64) -> UInt64 { value / unit * unit }
  private func up(_ value: UInt64) -> UInt64 {
    value > .max - unit ? down(.max) : down(value + unit - 1)
  }

  // MARK: A region with an address

  private func changes(ofFixed entry: EarlyMemory.Entry) -> [RegionChange] {
    let size = up(max(entry.size, 1))
    var changes: [RegionChange] = []
    if entry.start % unit != 0 || entry.size % unit != 0 {
      let end = up(entry.start &+ entry.size)
      changes += [
        .fixed(.alignment, at: down(entry.start), max(end, size) &- down(entry.start)),
        .fixed(.alignment, at: down(entry.start), size),
        .fixed(.alignment, at: up(entry.start), size),
      ]
    }
    changes += missingRAM(at: entry).map { RegionChange(kind: .bank, what: .bank($0)) }
    changes += places(of: size, near: entry.start).map { .fixed(.place, at: $0, size) }
    changes += ranges(near: entry.start).map {
      .dynamic(.range, size, alignment: nil, within: [$0])
    }
    return changes
  }

  /// What it covers where there is no RAM, in whole pages, where all of it lacks.
  private func missingRAM(at entry: EarlyMemory.Entry) -> [PhysicalRange] {
    guard let range = PhysicalRange(at: entry.start, bytes: entry.size) else { return [] }
    let missing = range.subtracting(memory.banks)
    return missing.count == 1 ? missing : []
  }

  /// Banks with those first that lie on the same side of 4 GiB, of which devices reach as much.
  private func banks(near start: UInt64) -> [PhysicalRange] {
    let banks = memory.banks.sorted()
    func isNear(_ bank: PhysicalRange) -> Bool { (bank.start.value >> 32 > 0) == (start >> 32 > 0) }
    return banks.filter(isNear) + banks.filter { !isNear($0) }
  }

  /// The start of a bank that is free, else the top of what is free: what boots lies low.
  private func places(of size: UInt64, near start: UInt64) -> [UInt64] {
    banks(near: start).flatMap { bank -> [UInt64] in
      let holes = prediction.holes.compactMap { $0.intersection(bank) }.sorted()
      return holes.compactMap { hole in
        let first = up(hole.start.value)
        let end = down(hole.last.value &+ 1)
        guard first < end, end - first >= size else { return nil }
        return hole.start == bank.start ? first : end - size
      }
    }
  }

  private func ranges(near start: UInt64) -> [EarlyMemory.Entry] {
    banks(near: start).map { .init(start: $0.start.value, size: $0.size.bytes) }
  }

  // MARK: A region whose place the kernel finds

  private func changes(
    ofDynamic size: UInt64, _ alignment: UInt64?, _ within: [EarlyMemory.Entry]?
  ) -> [RegionChange] {
    var changes: [RegionChange] = []
    if size % unit != 0 {
      changes.append(.dynamic(.alignment, up(size), alignment: alignment, within: within))
    }
    let whole = up(size)
    let missing = (within ?? []).compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    if missing.count == 1, !memory.banks.contains(where: missing[0].overlaps) {
      changes.append(RegionChange(kind: .bank, what: .bank(missing[0])))
    }
    if let window = within?.first {
      changes += [widened(window, down: whole), widened(window, up: whole)].compactMap(\.self).map {
        .dynamic(.range, whole, alignment: alignment, within: [$0])
      }
      changes += ranges(near: window.start).map {
        .dynamic(.range, whole, alignment: alignment, within: [$0])
      }
    }
    // In its own range, or else in a bank, the one with the most room first.
    let ranges = within == nil ? [] : ranges(near: within?.first?.start ?? 0).map { [$0] }
    let smaller = ([within] + ranges).map { (within: $0, size: room(for: whole, alignment, $0)) }
    if let own = smaller.first, own.size > 0 {
      changes.append(.dynamic(.size, own.size, alignment: alignment, within: own.within))
    }
    changes += smaller.dropFirst().filter { $0.size > 0 }.sorted { $0.size > $1.size }.map {
      .dynamic(.size, $0.size, alignment: alignment, within: $0.within)
    }
    return changes
  }

  /// The most below a size that is safe for the node in a range; zero where nothing is, or all of it
  /// is.
  private func room(
    for size: UInt64, _ alignment: UInt64?, _ within: [EarlyMemory.Entry]?
  ) -> UInt64 {
    let change = RegionChange.dynamic(.size, size, alignment: alignment, within: within)
    let changed = change.applied(to: memory, node: index)
    let prediction = Prediction(of: kernel, with: changed)
    guard
      let room = PoolRoom(insteadOf: prediction, of: kernel, with: changed),
      room.node == node.name, room.safe.bytes < size
    else { return 0 }
    return room.safe.bytes
  }

  /// The window with its start, or else its end, moved so that it has room for so much.
  private func widened(
    _ window: EarlyMemory.Entry, down size: UInt64
  ) -> EarlyMemory.Entry? {
    let end = window.start &+ window.size
    guard size > window.size, end >= size else { return nil }
    let start = self.down(end - size)
    return .init(start: start, size: end - start)
  }

  private func widened(_ window: EarlyMemory.Entry, up size: UInt64) -> EarlyMemory.Entry? {
    size > window.size ? .init(start: window.start, size: size) : nil
  }
}

extension Prediction {
  /// Where the region of a node lies; nil where it is refused.
  fileprivate func range(ofNode name: String) -> PhysicalRange? {
    switch regions.first(where: { $0.name == name })?.outcome {
    case .pool(let range), .coherentPool(let range), .carveOut(let range), .reserved(let range):
      range
    case .refused, nil: nil
    }
  }

  /// The nodes that do not become what they ask for, each with what becomes of it; not those that are
  /// passed over because something else is asked for.
  var regionFaults: [(node: String, problems: [String])] {
    regions.compactMap { region in
      let exposed = exposures.filter { $0.pool == region.name }
        .map { PredictedRecord.Exposure($0).words }
      switch region.outcome {
      case .refused(.overridden), .refused(.noPools), .refused(.notReusable): return nil
      case .refused(let why): return (region.name, ["it is refused: \(why)"])
      case .pool, .coherentPool, .carveOut, .reserved:
        return exposed.isEmpty ? nil : (region.name, exposed)
      }
    }
  }
}
