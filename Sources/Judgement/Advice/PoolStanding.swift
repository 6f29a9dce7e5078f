// SPDX-License-Identifier: Apache-2.0
package import Predictions
package import Quantities

/// Whether a kernel gets the default pool that it is asked for, and lives with it.
package enum PoolStanding: Hashable, Sendable {
  /// It is there, all of it can be allocated, and what else boot needs fits as well.
  case safe(PhysicalRange)
  /// It is there, and something comes of it: each a phrase.
  case unsafe(PhysicalRange, [String])
  /// It is not there, and why.
  case refused(String)
  /// It cannot be predicted, and why.
  case unknown(String)

  package init(
    of prediction: Prediction, asked: ByteCount, kernel: KernelFacts, memory: EarlyMemory
  ) {
    if let why = prediction.unknown {
      self = .unknown(why)
      return
    }
    guard let pool = prediction.defaultPool, pool.range.size >= asked else {
      self = .refused(Self.refusal(prediction, asked: asked))
      return
    }
    var faults: [String] = []
    if !pool.isActive { faults.append("it crosses from one zone to another and is given up") }
    if let fatality = prediction.fatality {
      faults.append("the guest dies of it: \(fatality.words)")
    }
    faults += prediction.hazards(of: pool).map(\.words)
    if !LargestPool.leavesBounceBuffers(prediction, kernel, memory) {
      faults.append("it leaves no 64 MiB in one piece below the DMA limit for bounce buffers")
    }
    if !LargestPool.leavesCrashKernel(prediction, kernel, memory) {
      faults.append("it leaves no room for the crash kernel that crashkernel= asks for")
    }
    self = faults.isEmpty ? .safe(pool.range) : .unsafe(pool.range, faults)
  }

  /// The kernel's own words where it says any.
  private static func refusal(_ prediction: Prediction, asked: ByteCount) -> String {
    if let refusal = prediction.refusal { return "\(refusal.message): \(refusal.cause)" }
    let named = prediction.regions.lazy.compactMap { region -> String? in
      guard case .refused(let why) = region.outcome else { return nil }
      return "region \(region.name) is refused: \(why)"
    }.first
    return named ?? "it makes no default pool of \(asked): \(prediction.reason)"
  }

  /// Where the pool lies, of one that is safe.
  package var safeRange: PhysicalRange? {
    guard case .safe(let range) = self else { return nil }
    return range
  }
}

extension Prediction {
  /// Those of a pool, and those of the whole guest: what other pools are exposed to is not its fault.
  fileprivate func hazards(of pool: Pool) -> [Hazard] {
    hazards.filter { hazard in
      let exposed = exposures.filter { $0.hazard == hazard }
      return exposed.isEmpty || exposed.contains { $0.pool == pool.name || $0.other == pool.name }
    }
  }
}

extension Prediction.Fatality {
  /// As a person says it.
  package var words: String {
    switch self {
    case .outOfMemory: "no memory is left for the rest of the boot"
    case .noMemoryMap: "the memory map does not fit beside the pool"
    case .allMemoryFreed:
      "the kernel frees all RAM, because something takes a part of the last page below 4 GiB"
    case .mixedMapping: "two ranges of RAM meet in a block that the kernel cannot map twice"
    case .dmaRemapping: "the kernel maps a region for DMA whose memory it uses otherwise"
    case .earlyAllocation: "a table that no kernel starts without does not fit beside the pool"
    }
  }
}

extension Prediction.Fatality {
  /// Whether it comes of how RAM lies, whatever pool is asked for.
  var isOfLayout: Bool { self == .allMemoryFreed || self == .mixedMapping }
}

extension Prediction.Hazard {
  /// As a person says it.
  package var words: String {
    switch self {
    case .poolOverKernel: "a pool is over the kernel itself"
    case .poolOutsideMemory: "a pool is where there is no RAM"
    case .poolsOverlap: "pools share pages"
    case .poolOverBootData: "a pool is over the initramfs or the device tree"
    case .othersGivenAway: "a refused region takes the reservation of what else is there with it"
    case .unmappedMemory: "a region leaves memory that the kernel uses out of its mapping"
    case .littleMemory: "so little RAM is left that it is luck whether the guest lives"
    }
  }
}
