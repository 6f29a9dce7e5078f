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
    var boot = EarlyBoot(memory, kernel)
    boot.run()
    let bounce = boot.needsBounceBuffers ? EarlyBoot.bounceBufferBytes : 0
    let bounceEnd = PhysicalAddress(boot.bounceBufferEnd)
    let alone = predict(0)
    func isSafe(_ prediction: Prediction) -> Bool {
      Self.fits(prediction) && prediction.fatality == nil && prediction.hazards.isEmpty
        && (bounce == 0 || Self.hasRoom(bounce, below: bounceEnd, in: prediction))
        && Self.leavesCrashKernel(prediction, alone: alone)
    }
    let isOrdered =
      !kernel.forgetsHighMemory || memory.banks.allSatisfy { $0.last.value >> 32 == 0 }
    let largest = Self.last(upTo: most, isOrdered: isOrdered) { Self.fits(predict($0)) }
    let largestSafe = Self.last(upTo: largest, isOrdered: isOrdered) { isSafe(predict($0)) }
    self.unit = ByteCount(unit)
    fits = ByteCount(largest * unit)
    prediction = predict(largest)
    refusal = predict(largest + 1).refusal
    safe = ByteCount(largestSafe * unit)
    safePrediction = predict(largestSafe)
    needs = Self.needs(of: alone) + Self.needs(kernel, memory, boot, bounce: bounce)
  }

  private static func fits(_ prediction: Prediction) -> Bool {
    prediction.refusal == nil && prediction.pools.contains { $0.name == "reserved" && $0.isActive }
  }

  /// The last number of which `holds` holds, of 1 … `most`; 0 where it holds of none.
  ///
  /// - Parameter isOrdered: whether what holds of a size holds of smaller ones.
  private static func last(
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
    var boot = EarlyBoot(memory, kernel)
    boot.run()
    guard boot.needsBounceBuffers else { return true }
    return hasRoom(
      EarlyBoot.bounceBufferBytes, below: PhysicalAddress(boot.bounceBufferEnd), in: prediction)
  }

  /// Whether the bounce buffers have a place: one that they were given, or one that is left.
  private static func hasRoom(
    _ size: UInt64, below limit: PhysicalAddress, in prediction: Prediction
  ) -> Bool {
    let isGiven = prediction.reservations.contains {
      $0.owner == EarlyBoot.bounceBufferOwner && $0.range.size.bytes >= size
    }
    return isGiven
      || prediction.holes.contains { hole in
        let end = min(hole.last.value + 1, limit.value)
        return end > hole.start.value && end - hole.start.value >= size
      }
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
    _ kernel: KernelFacts, _ memory: EarlyMemory, _ boot: EarlyBoot, bounce: UInt64
  ) -> [Need] {
    if kernel.arm != nil { return needsOfARM(boot, bounce: bounce) }
    let ram = memory.banks.reduce(0) { $0 + $1.size.bytes }
    var needs: [Need] = []
    if kernel.rules.poolTime == .beforeMemoryMap {
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
    let lists = EarlyBoot.pageLists(kernel.rules, cpuCount: memory.tree.cpuCount)
    if lists > 0 {
      needs.append(Need(what: "the page lists of the other CPUs", size: ByteCount(lists)))
    }
    needs.append(restOfBoot(memory: ram, cpuCount: memory.tree.cpuCount))
    return needs
  }

  /// The same of 32-bit ARM: all of it in lowmem.
  private static func needsOfARM(_ boot: EarlyBoot, bounce: UInt64) -> [Need] {
    let lowMemory = boot.mappedBytes
    let map = boot.prediction.reservations.filter { $0.owner == "memory map" }
    var needs = [
      Need(
        what: "the memory map", size: ByteCount(map.reduce(0) { $0 + $1.range.size.bytes }))
    ]
    if bounce > 0 {
      needs.append(Need(what: "bounce buffers in lowmem, in one piece", size: ByteCount(bounce)))
    }
    needs.append(
      Need(what: "dentry and inode tables", size: ByteCount(lowMemory / 1024)))
    needs.append(restOfBoot(memory: lowMemory, cpuCount: boot.input.tree.cpuCount))
    return needs
  }

  /// - Parameter memory: bytes of RAM that the kernel maps.
  private static func restOfBoot(memory: UInt64, cpuCount: Int) -> Need {
    Need(
      what: "the rest of the boot (no guest died with so much: twice the lowest watermark, 16 MiB, "
        + "2 MiB a CPU)",
      size: ByteCount(EarlyBoot.margin(memory: memory, cpuCount: cpuCount)))
  }
}
