// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// How large the default pool can be made with `cma=`, or by its node, everything else being as it is.
package struct LargestPool: Hashable, Sendable {
  /// Something that the rest of the boot needs of the same RAM.
  package struct Need: Hashable, Sendable {
    package let what: String
    package let size: ByteCount
  }

  /// The largest that the kernel reserves; zero where none fits.
  package let fits: ByteCount
  /// What becomes of the guest with it: it may die of it.
  package let prediction: Prediction
  /// What the kernel says to one unit more of `cma=`; nil of a node.
  package let refusal: Prediction.Refusal?
  /// The same in its words, of a node as well.
  package let refusalMessage: String?
  /// The largest that leaves what ``needs`` lists; zero where none does.
  package let safe: ByteCount
  package let safePrediction: Prediction
  /// What went into ``safe``.
  package let needs: [Need]
  /// In what steps it was looked for: what the kernel rounds to.
  package let unit: ByteCount

  /// Looks for both.
  ///
  /// - Parameter node: the default pool's node, whose size is looked for where its placement is; nil for
  ///   `cma=`.
  package init(of kernel: KernelFacts, with memory: EarlyMemory, node: String? = nil) {
    let unit = kernel.poolAlignment
    func predict(_ units: UInt64) -> Prediction {
      Prediction(of: kernel, with: memory.asking(for: units * unit, of: node))
    }
    func fits(_ prediction: Prediction) -> Bool {
      node == nil ? Self.fits(prediction) : prediction.defaultNodePool?.isActive == true
    }
    let most = memory.banks.reduce(0) { $0 + $1.size.bytes } / unit + 1
    let outcome = BootOutcome(of: kernel, with: memory)
    let alone = predict(0)
    func isSafe(_ prediction: Prediction) -> Bool {
      fits(prediction) && prediction.fatality == nil && prediction.hazards.isEmpty
        && (outcome.bounceBuffers?.haveRoom(in: prediction) ?? true)
        && Self.leavesCrashKernel(prediction, alone: alone)
    }
    let isOrdered =
      !kernel.forgetsHighMemory || memory.banks.allSatisfy { $0.last.value >> 32 == 0 }
    let largest = Self.last(upTo: most, isOrdered: isOrdered) { fits(predict($0)) }
    let largestSafe = Self.last(upTo: largest, isOrdered: isOrdered) { isSafe(predict($0)) }
    self.unit = ByteCount(unit)
    self.fits = ByteCount(largest * unit)
    prediction = predict(largest)
    let beyond = predict(largest + 1)
    refusal = node == nil ? beyond.refusal : nil
    refusalMessage =
      refusal?.message
      ?? node.flatMap { name in beyond.regions.first { $0.name == name }?.message }
    safe = ByteCount(largestSafe * unit)
    safePrediction = predict(largestSafe)
    needs = Self.needs(of: alone) + Self.needs(kernel, memory, outcome)
  }

  private static func fits(_ prediction: Prediction) -> Bool {
    prediction.refusal == nil
      && prediction.pools.contains { $0.isPlacedByKernel && $0.isActive }
  }

  /// The last number of which `holds` holds, of 1 … `most`; 0 where it holds of none.
  ///
  /// - Parameter isOrdered: whether what holds of a size holds of smaller ones.
  static func last(
    upTo most: UInt64, isOrdered: Bool, _ holds: (UInt64) -> Bool
  ) -> UInt64 {
    guard isOrdered else { return stride(from: most, to: 0, by: -1).first(where: holds) ?? 0 }
    var (known, refuted) = (UInt64(0), most + 1)
    while refuted - known > 1 {
      let middle = known + (refuted - known) / 2
      if holds(middle) { known = middle } else { refuted = middle }
    }
    return known
  }

  /// Whether the pools of a prediction leave room for the bounce buffers that boot wants.
  package static func leavesBounceBuffers(
    _ prediction: Prediction, _ kernel: KernelFacts, _ memory: EarlyMemory
  ) -> Bool {
    BootOutcome(of: kernel, with: memory).bounceBuffers?.haveRoom(in: prediction) ?? true
  }

  /// Whether the pools of a prediction leave room for what `crashkernel=` asks for.
  package static func leavesCrashKernel(
    _ prediction: Prediction, _ kernel: KernelFacts, _ memory: EarlyMemory
  ) -> Bool {
    guard prediction.crashKernel?.isRefused == true else { return true }
    var changed = memory
    changed.commandLine += " cma=0"
    return leavesCrashKernel(prediction, alone: Prediction(of: kernel, with: changed))
  }

  /// - Parameter alone: the same without a default pool: what is refused there as well, no pool is in
  ///   the way of.
  private static func leavesCrashKernel(_ prediction: Prediction, alone: Prediction) -> Bool {
    prediction.crashKernel?.isRefused != true || alone.crashKernel?.isRefused == true
  }

  /// The crash kernel's, as it is without a pool.
  private static func needs(of alone: Prediction) -> [Need] {
    guard case .reserved(let range, let low) = alone.crashKernel else { return [] }
    let size = ByteCount(range.size.bytes + (low?.size.bytes ?? 0))
    return [Need(what: "the crash kernel (crashkernel=), in one piece", size: size)]
  }

  private static func needs(
    _ kernel: KernelFacts, _ memory: EarlyMemory, _ outcome: BootOutcome
  ) -> [Need] {
    let cpuCount = memory.tree.cpuCount
    guard kernel.needsAreMeasured else {
      return [
        Need(
          what: "this kernel itself, whose needs were not measured (--verify shows)",
          size: KernelFacts.cautiousRoom)
      ]
    }
    if kernel.arm != nil { return needsOfARM(outcome, cpuCount: cpuCount) }
    let ram = memory.banks.reduce(0) { $0 + $1.size.bytes }
    var needs: [Need] = []
    if kernel.rules.poolTime == .beforeMemoryMap {
      needs.append(Need(what: "the memory map", size: ByteCount(ram / kernel.pageSize * 64)))
    }
    if outcome.bounceBuffers != nil {
      needs.append(
        Need(
          what: "bounce buffers below the DMA limit, in one piece",
          size: ByteCount(BounceBuffers.bytes)))
    }
    // kernel/dma/pool.c, dma_atomic_pool_init: 128 KiB a GiB, of each of three zones.
    let pools = max(ram >> 30, 2) * (128 << 10) * 3
    needs.append(Need(what: "three atomic pools of the DMA API", size: ByteCount(pools)))
    needs.append(
      Need(what: "dentry and inode tables", size: ByteCount(ram / 1024 + ram / 2048)))
    let lists = SurvivalEstimate.pageLists(kernel.rules, cpuCount: cpuCount)
    if lists > 0 {
      needs.append(Need(what: "the page lists of the other CPUs", size: ByteCount(lists)))
    }
    needs.append(restOfBoot(memory: ram, cpuCount: cpuCount))
    return needs
  }

  /// The same of 32-bit ARM: all of it in lowmem.
  private static func needsOfARM(_ outcome: BootOutcome, cpuCount: Int) -> [Need] {
    let lowMemory = outcome.mappedBytes
    let map = outcome.prediction.reservations.filter { $0.owner == .memoryMap }
    var needs = [
      Need(
        what: "the memory map", size: ByteCount(map.reduce(0) { $0 + $1.range.size.bytes }))
    ]
    if outcome.bounceBuffers != nil {
      needs.append(
        Need(
          what: "bounce buffers in lowmem, in one piece", size: ByteCount(BounceBuffers.bytes)))
    }
    needs.append(
      Need(what: "dentry and inode tables", size: ByteCount(lowMemory / 1024)))
    needs.append(restOfBoot(memory: lowMemory, cpuCount: cpuCount))
    return needs
  }

  /// - Parameter memory: bytes of RAM that the kernel maps.
  private static func restOfBoot(memory: UInt64, cpuCount: Int) -> Need {
    Need(
      what: "the rest of the boot (measured: twice the lowest watermark, 16 MiB, 2 MiB per CPU)",
      size: ByteCount(SurvivalEstimate.margin(memory: memory, cpuCount: cpuCount)))
  }
}

extension Prediction {
  /// The default pool of a node of /reserved-memory; nil where there is none.
  package var defaultNodePool: Pool? { defaultPool.flatMap { $0.isPlacedByKernel ? nil : $0 } }
}

extension EarlyMemory {
  /// The same where the default pool has another size, by `cma=` or by its node; zero for none.
  fileprivate func asking(for bytes: UInt64, of node: String?) -> EarlyMemory {
    var changed = self
    guard let node else {
      // The last cma= decides about the size (early_cma).
      changed.commandLine += " cma=\(bytes)"
      return changed
    }
    guard let nodes = reservedMemory?.nodes,
      let index = nodes.firstIndex(where: { $0.name == node })
    else { return self }
    switch nodes[index].placement {
    case _ where bytes == 0: changed.reservedMemory?.nodes.remove(at: index)
    case .fixed(let entries):
      let resized = entries.first.map { Entry(start: $0.start, size: bytes) }
      changed.reservedMemory?.nodes[index].placement = .fixed([resized].compactMap(\.self))
    case .dynamic(_, let alignment, let within):
      changed.reservedMemory?.nodes[index].placement = .dynamic(
        size: bytes, alignment: alignment, within: within)
    default: break
    }
    return changed
  }
}
