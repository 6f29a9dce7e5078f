// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// How large the default pool can be made with `cma=`, everything else being as it is.
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
  /// What the kernel says to one unit more.
  package let refusal: String?
  /// The largest that leaves what ``needs`` lists; zero where none does.
  package let safe: ByteCount
  package let safePrediction: Prediction
  /// What went into ``safe``.
  package let needs: [Need]
  /// In what steps it was looked for: what the kernel rounds to.
  package let unit: ByteCount

  /// Looks for both.
  package init(of kernel: KernelFacts, with memory: EarlyMemory) {
    let unit = kernel.poolAlignment
    func predict(_ units: UInt64) -> Prediction {
      var changed = memory
      // The last cma= decides about the size (early_cma).
      changed.commandLine += " cma=\(units * unit)"
      return Prediction(of: kernel, with: changed)
    }
    let most = memory.banks.reduce(0) { $0 + $1.size.bytes } / unit + 1
    let bounce = Self.bounceBuffers(kernel, memory)
    func isSafe(_ prediction: Prediction) -> Bool {
      Self.fits(prediction) && prediction.fatality == nil && prediction.hazards.isEmpty
        && (bounce == 0 || Self.hasHole(bounce, below: prediction.limit, in: prediction))
    }
    let largest = Self.last(upTo: most) { Self.fits(predict($0)) }
    let largestSafe = Self.last(upTo: largest) { isSafe(predict($0)) }
    self.unit = ByteCount(unit)
    fits = ByteCount(largest * unit)
    prediction = predict(largest)
    refusal = predict(largest + 1).refusal
    safe = ByteCount(largestSafe * unit)
    safePrediction = predict(largestSafe)
    needs = Self.needs(kernel, memory, bounce: bounce)
  }

  private static func fits(_ prediction: Prediction) -> Bool {
    prediction.refusal == nil && prediction.pools.contains { $0.name == "reserved" && $0.isActive }
  }

  /// The last number of which `holds` holds, of 1 … `most`; 0 where it holds of none. What holds of
  /// a size holds of smaller ones.
  private static func last(upTo most: UInt64, _ holds: (UInt64) -> Bool) -> UInt64 {
    var (known, refuted) = (UInt64(0), most + 1)
    while refuted - known > 1 {
      let middle = known + (refuted - known) / 2
      if holds(middle) { known = middle } else { refuted = middle }
    }
    return known
  }

  /// IO_TLB_DEFAULT_SIZE (include/linux/swiotlb.h), below the end of the DMA zone; without it devices
  /// of 32 bits cannot reach what lies above. 0 where all RAM is in reach.
  private static func bounceBuffers(_ kernel: KernelFacts, _ memory: EarlyMemory) -> UInt64 {
    var boot = EarlyBoot(memory, kernel)
    boot.run()
    return kernel.hasBounceBuffers && boot.memblock.endOfMemory > boot.dmaLimit ? 64 << 20 : 0
  }

  /// Whether the pools of a prediction leave room for the bounce buffers that boot wants.
  package static func leavesBounceBuffers(
    _ prediction: Prediction, _ kernel: KernelFacts, _ memory: EarlyMemory
  ) -> Bool {
    var boot = EarlyBoot(memory, kernel)
    boot.run()
    guard kernel.hasBounceBuffers, boot.memblock.endOfMemory > boot.dmaLimit else { return true }
    return hasHole(64 << 20, below: PhysicalAddress(boot.dmaLimit), in: prediction)
  }

  private static func hasHole(
    _ size: UInt64, below limit: PhysicalAddress?, in prediction: Prediction
  ) -> Bool {
    prediction.holes.contains { hole in
      let end = min(hole.last.value + 1, limit?.value ?? .max)
      return end > hole.start.value && end - hole.start.value >= size
    }
  }

  private static func needs(
    _ kernel: KernelFacts, _ memory: EarlyMemory, bounce: UInt64
  ) -> [Need] {
    let ram = memory.banks.reduce(0) { $0 + $1.size.bytes }
    var needs: [Need] = []
    if kernel.profile.poolTime == .beforeMemoryMap {
      needs.append(Need(what: "the memory map", size: ByteCount(ram / kernel.pageSize * 64)))
    }
    if bounce > 0 {
      needs.append(
        Need(what: "bounce buffers below the DMA limit, in one piece", size: ByteCount(bounce)))
    }
    // kernel/dma/pool.c, dma_atomic_pool_init: 128 KiB a GiB, of each of three zones.
    let pools = max(ram >> 30, 2) * (128 << 10) * 3
    needs.append(Need(what: "three atomic pools of the DMA API", size: ByteCount(pools)))
    needs.append(
      Need(what: "dentry and inode tables", size: ByteCount(ram / 1024 + ram / 2048)))
    needs.append(
      Need(
        what: "what no guest died with: twice the lowest watermark and 16 MiB, 2 MiB a CPU",
        size: ByteCount(EarlyBoot.margin(memory: ram, cpuCount: memory.tree.cpuCount))))
    return needs
  }
}
