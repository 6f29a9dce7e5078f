// SPDX-License-Identifier: Apache-2.0

import BootLogs
package import Predictions
import Quantities
import Records

/// What the model makes of the board that a log shows.
struct BoardOutlook {
  typealias Pool = ExplainedBoot.Pool

  let predicted: ExplainedBoot.Predicted
  /// By which that is predicted; nil where the log does not say which release it is of.
  let kernel: AssumedKernel?
  /// How large a pool can be; nil where the model does not say the same as the log.
  let room: BoardRoom?

  /// Of several kernels that the log could be of, the one that agrees with it; else the first.
  init(_ view: BoardView, configuration: [String: String]?) {
    if let other = view.boot.otherArchitecture?.value {
      kernel = nil
      room = nil
      predicted = Self.none("the log is of a kernel for \(other), whose rules are not modelled")
      return
    }
    guard let memory = EarlyMemory(view) else {
      kernel = AssumedKernel(view, configuration: configuration, hasHugePages: true)
      room = nil
      predicted = Self.none(
        view.boot.release == nil
          ? "the log does not say which release it is of" : "the place of RAM is not known")
      return
    }
    let choices =
      configuration == nil && view.boot.pageSize?.value != .sixtyFourKiB
      ? AssumedKernel.hugePageChoices : [true]
    let answers = choices.compactMap { hasHugePages -> Answer? in
      AssumedKernel(view, configuration: configuration, hasHugePages: hasHugePages).map {
        Answer($0, memory, view)
      }
    }
    let answer = answers.first { $0.predicted.agrees == true } ?? answers.first
    kernel = answer?.kernel
    room = answer?.room
    predicted = answer?.predicted ?? Self.none("the log does not say which release it is of")
  }

  private static func none(_ reason: String) -> ExplainedBoot.Predicted {
    .init(rules: nil, pools: [], agrees: nil, assumptions: [], unknown: reason)
  }

  /// What one of the kernels that the log could be of makes of the board.
  private struct Answer {
    let kernel: AssumedKernel
    let predicted: ExplainedBoot.Predicted
    let room: BoardRoom?

    init(_ kernel: AssumedKernel, _ memory: EarlyMemory, _ view: BoardView) {
      self.kernel = kernel
      let prediction = Prediction(of: kernel.facts, with: memory)
      let pools = BoardOutlook.pools(prediction, view)
      let isKnown = prediction.unknown == nil
      let agrees = BoardOutlook.agreement(of: pools, with: view)
      let seam = Occupancy(view).unexplainedSeam(view)
      // What fits is not said where the model is refuted, does not know what else takes memory, or
      // follows another line's rules.
      let isSaid = agrees != false && isKnown && kernel.isKnown && seam == nil
      let largest =
        isSaid ? LargestPool(of: kernel.facts, with: memory.withoutPoolArgument) : nil
      room =
        agrees == true
        ? largest.map { BoardRoom(prediction, largest: $0, kernel.facts, memory) } : nil
      let parts = seam.map {
        "nothing is set aside from \($0) on, where the log's list of RAM is split as at a region that "
          + "is not mapped (give the tree with --dtb)"
      }
      predicted = .init(
        rules: kernel.rules, pools: isKnown ? pools : [], agrees: agrees,
        fitsBytes: largest?.fits, safeBytes: largest?.safe,
        assumptions: kernel.assumptions + memory.assumptions(view) + [parts].compactMap(\.self)
          + prediction.assumptions,
        areNodesAssumed: view.areNodesAssumed ? true : nil, unknown: prediction.unknown)
    }
  }

  private static func pools(_ prediction: Prediction, _ view: BoardView) -> [Pool] {
    let nodes = prediction.regions.compactMap { region -> Pool? in
      guard case .refused = region.outcome, view.node(region.name)?.isCMAPool == true else {
        return nil
      }
      let isBypassed = view.pools.contains {
        $0.pool.name == region.name && $0.pool.outcome == .bypassed
      }
      return Pool(
        name: region.name, base: nil, bytes: view.node(region.name)?.askedSize,
        kind: .deviceTree, outcome: isBypassed ? .bypassed : .refused)
    }
    let kind =
      view.pools.first { $0.pool.name == nil }?.pool.kind
      ?? (view.boot.commandLine?.value.poolArgument == nil ? .kconfig : .commandLine)
    let reserved = prediction.pools.map { pool in
      let isNode = !pool.isPlacedByKernel
      return Pool(
        name: isNode ? pool.name : nil, base: pool.range.start, bytes: pool.range.size,
        kind: isNode ? .deviceTree : kind,
        outcome: pool.isActive ? .reserved : .notActivated)
    }
    let refused =
      prediction.refusal == nil
      ? []
      : [Pool(name: nil, base: nil, bytes: nil, kind: kind, outcome: .refused)]
    return nodes + reserved + refused
  }

  /// Whether each pool that the log tells of is predicted as it is there; nil where it tells of none,
  /// or not where one lies.
  private static func agreement(of predicted: [Pool], with view: BoardView) -> Bool? {
    let logged = view.pools.map(\.pool)
    guard !logged.isEmpty else { return nil }
    for pool in logged {
      // Of a node that only the log tells of, and only that it was bypassed, there is nothing to predict.
      if pool.outcome == .bypassed, pool.size == nil, view.node(pool.name) == nil { continue }
      let sameName = predicted.filter { $0.name == pool.name }
      guard let other = sameName.first(where: { $0.base == pool.base }) ?? sameName.first else {
        return false
      }
      guard other.outcome == pool.outcome else { return false }
      switch pool.outcome {
      case .refused, .bypassed: continue
      case .reserved, .notActivated:
        guard let base = pool.base else { return nil }
        guard other.base == base, pool.size == nil || other.bytes == pool.size else { return false }
      }
    }
    return true
  }
}

// MARK: Early memory

extension EarlyMemory {
  /// Without `cma=`: a place in it would hold for every other size (kernel/dma/contiguous.c,
  /// early_cma).
  fileprivate var withoutPoolArgument: EarlyMemory {
    var memory = self
    memory.commandLine = commandLine.split(separator: " ").filter { !$0.hasPrefix("cma=") }
      .joined(separator: " ")
    return memory
  }
}

extension EarlyMemory {
  /// What the kernel of a log found when it started, as far as log and tree tell; nil without RAM.
  package init?(_ view: BoardView) {
    let boot = view.boot
    let treeBanks = view.tree.map(\.memory.banks).flatMap { $0.isEmpty ? nil : $0 }
    guard let banks = treeBanks ?? view.banks, let first = banks.map(\.start.value).min() else {
      return nil
    }
    let taken = Occupancy(view).takers.map(\.range)
    let size = boot.memory?.value.kernel ?? .mebibytes(32)
    // A serial line can damage an address: a kernel that runs lies in RAM.
    // A 32-bit one unpacks itself to 32 KiB past a block of 2 MiB (arch/arm/boot/compressed/head.S).
    let loaded = boot.loader.kernel.map(\.value).flatMap { start in
      let isPlace = boot.architecture?.value != .arm || start.value & 0x1f_ffff == 0x8000
      return isPlace && banks.contains { $0.contains(start) } ? start : nil
    }
    let kernel =
      loaded
      ?? Self.kernelPlace(
        in: banks, size: size, taken: taken, first: first, boot.architecture?.value)
    let treeSize = ByteCount(UInt64(view.tree?.blob.count ?? 64 << 10))
    let tree =
      boot.loader.deviceTree?.value
      ?? Self.place(
        size: treeSize, behind: kernel.value + size.bytes, in: banks, avoiding: taken)
      ?? banks[0]
    self.init(
      banks: banks, memoryReservations: view.tree?.memory.memoryReservations ?? [],
      reservedMemory: view.tree?.memory.reservedMemory ?? Self.regions(view),
      deviceTree: tree, initramfs: boot.loader.ramdisk?.value, kernel: kernel,
      commandLine: boot.commandLine?.value.words.joined(separator: " ")
        ?? view.tree?.memory.commandLine ?? "",
      dmaLimit: view.tree?.memory.dmaLimit ?? Self.dmaLimit(boot),
      tree: view.tree?.memory.tree ?? TreeShape())
    nodeData = boot.nodeData?.value.range
  }

  /// What had to be assumed for it.
  fileprivate func assumptions(_ view: BoardView) -> [String] {
    var assumptions: [String] = []
    if view.boot.loader.kernel?.value != kernel {
      assumptions.append("the kernel is at \(kernel)")
    }
    if view.boot.loader.deviceTree == nil {
      assumptions.append("the device tree is at \(deviceTree.start), behind the kernel")
    }
    if view.boot.loader.ramdisk == nil { assumptions.append("there is no ramdisk") }
    if view.areNodesAssumed {
      assumptions.append("the nodes of the pools have no alloc-ranges (give the tree with --dtb)")
    }
    return assumptions
  }

  /// The first place that no static region takes, as boot loaders choose it.
  private static func kernelPlace(
    in banks: [PhysicalRange], size: ByteCount, taken: [PhysicalRange], first: UInt64,
    _ architecture: Architecture?
  ) -> PhysicalAddress {
    let offset: UInt64 = architecture == .arm ? 0x8000 : 0
    let start = place(size: size, behind: first, in: banks, avoiding: taken)?.start.value ?? first
    return PhysicalAddress(start + offset)
  }

  /// At a multiple of 2 MiB (Documentation/arch/arm64/booting.rst).
  private static func place(
    size: ByteCount, behind lowest: UInt64, in banks: [PhysicalRange],
    avoiding taken: [PhysicalRange]
  ) -> PhysicalRange? {
    for hole in banks.sorted().flatMap({ $0.subtracting(taken) }) {
      let start = (max(hole.start.value, lowest) + 0x1f_ffff) & ~0x1f_ffff
      if let range = PhysicalRange(start: PhysicalAddress(start), size: size),
        hole.contains(range)
      {
        return range
      }
    }
    return nil
  }

  /// Where a zone for devices of few address bits ends below another zone.
  private static func dmaLimit(_ boot: LoggedBoot) -> PhysicalAddress? {
    let zone = boot.zones.first { $0.value.name == "DMA" }?.value.range
    guard let zone, boot.architecture?.value != .arm, zone.last.value < (1 << 32) - 1,
      boot.zones.contains(where: { $0.value.range.map { zone.last < $0.start } ?? false })
    else { return nil }
    return zone.last
  }

  /// Without a tree: the regions that the log lists, and its pools as nodes without a place.
  private static func regions(_ view: BoardView) -> ReservedMemory? {
    let pools = view.pools.filter { $0.pool.kind == .deviceTree }
    let names = Set(pools.compactMap(\.pool.name))
    let regions = view.boot.regions.map(\.value)
    let listed = Set(regions.map(\.name))
    let others = view.boot.namedRegions.map(\.value).filter { !listed.contains($0.name) }
    let fixed = (regions + others).filter { !names.contains($0.name) }.map {
      Node(
        name: $0.name,
        placement: .fixed([Entry(start: $0.range.start.value, size: $0.range.size.bytes)]),
        isReusable: $0.isReusable, isNoMap: $0.isNoMap)
    }
    let dynamic = pools.compactMap { pool -> Node? in
      guard let name = pool.pool.name, let size = pool.pool.size else { return nil }
      // A unit address in the name tells a place.
      let unit = name.split(separator: "@").dropFirst().first.flatMap { UInt64($0, radix: 16) }
      let isFixed = unit.map { $0 > 0 && PhysicalAddress($0) == pool.pool.base } ?? false
      return Node(
        name: name,
        placement: isFixed
          ? .fixed([Entry(start: unit ?? 0, size: size.bytes)])
          : .dynamic(size: size.bytes, alignment: nil, within: nil),
        isSharedPool: true, isReusable: true, isDefault: name.hasPrefix("linux,cma"))
    }
    let nodes = dynamic + fixed
    return nodes.isEmpty ? nil : ReservedMemory(nodes: nodes)
  }
}
