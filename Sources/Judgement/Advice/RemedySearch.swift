// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Predictions
package import Quantities
package import Records

/// The search for the smallest change that makes a default pool fit.
package struct RemedySearch: Sendable {
  /// A change of which the model says that it helps.
  package struct Candidate: Hashable, Sendable {
    package let change: PoolChange
    package let pool: PhysicalRange
  }

  /// One kind of change, tried.
  package struct Attempt: Hashable, Sendable {
    package let kind: Remedy.Kind
    /// The changes that help, the smallest first.
    package let candidates: [Candidate]
    /// Why none does.
    package let finding: String
    /// The largest safe pool of all changes of this kind; nil where the kind cannot make it larger.
    package var largest: ByteCount?
  }

  let kernel: KernelFacts
  let memory: EarlyMemory
  let asked: PoolRequest
  /// Where the board can have RAM.
  let windows: [PhysicalRange]
  /// Where it has devices.
  let devices: [PhysicalRange]
  /// The first address that no bank can have.
  let end: PhysicalAddress
  /// How many bytes from the kernel's start on are left to it where files are given other places.
  let kernelRoom: UInt64

  package init(
    kernel: KernelFacts, memory: EarlyMemory, asked: PoolRequest, windows: [PhysicalRange],
    devices: [PhysicalRange], end: PhysicalAddress, kernelRoom: UInt64 = 0
  ) {
    self.kernel = kernel
    self.memory = memory
    self.asked = asked
    self.windows = windows
    self.devices = devices
    self.end = end
    self.kernelRoom = max(kernelRoom, kernel.image.size)
  }

  /// What becomes of the pool as things are.
  package var standing: PoolStanding {
    PoolStanding(
      of: Prediction(of: kernel, with: memory), asked: asked.bytes, kernel: kernel, memory: memory)
  }

  /// The largest pools as things are.
  package var largest: LargestPool { LargestPool(of: kernel, with: plain) }

  /// The largest safe pool as things are: of the range that is asked for, where there is one.
  package var largestAsAsked: ByteCount {
    guard asked.limit != nil, let range = asked.window else { return largest.safe }
    return largest(in: [range]) { .window($0) }
  }

  package func attempt(_ kind: Remedy.Kind) -> Attempt {
    switch kind {
    case .placement: placement
    case .alignment: alignment
    case .window: window
    case .node: node
    case .split: split(inventing: false)
    case .inventedSplit: split(inventing: true)
    }
  }

  // MARK: What the attempts share

  var unit: UInt64 { kernel.poolAlignment }

  /// The size that the kernel makes of the one that is asked for.
  var rounded: UInt64 { up(asked.bytes.bytes) }

  func up(_ value: UInt64) -> UInt64 { value > .max - unit ? .max - unit + 1 : roundedUp(value) }
  private func roundedUp(_ value: UInt64) -> UInt64 { (value + unit - 1) & ~(unit - 1) }
  func down(_ value: UInt64) -> UInt64 { value & ~(unit - 1) }

  /// The early memory without any request for a default pool but `cma=`'s.
  private var plain: EarlyMemory {
    var memory = memory
    memory.reservedMemory?.nodes.removeAll(where: \.isDefault)
    memory.setPool(nil)
    return memory
  }

  /// What is free where no default pool is asked for.
  var holes: [PhysicalRange] {
    var without = plain
    without.setPool("cma=0")
    return Prediction(of: kernel, with: without).holes
  }

  func helps(_ change: PoolChange) -> Candidate? {
    let changed = change.applied(to: memory, alignment: unit)
    let asked = change.request?.bytes ?? asked.bytes
    return PoolStanding(
      of: Prediction(of: kernel, with: changed), asked: asked, kernel: kernel, memory: changed
    ).safeRange.map { Candidate(change: change, pool: $0) }
  }

  func size(_ bytes: UInt64) -> String { "\(bytes >> 20) MiB" }
}

// MARK: - Changes of the request

extension RemedySearch {
  private var alignment: Attempt {
    let bytes = asked.bytes.bytes
    let base = asked.base?.value ?? 0
    guard bytes % unit != 0 || base % unit != 0 else {
      return Attempt(
        kind: .alignment, candidates: [],
        finding: "size and address need no rounding to \(ByteCount(unit))")
    }
    var requests: [PoolRequest] = []
    let sizes = asked.base == nil ? [down(bytes)] : [rounded, down(bytes)]
    for base in asked.base.map({ [down($0.value), up($0.value)] }) ?? [] {
      for size in sizes where size > 0 {
        requests.append(
          PoolRequest(
            bytes: ByteCount(size), base: PhysicalAddress(base),
            limit: asked.limit.flatMap { $0.value >= base &+ size ? $0 : nil }))
      }
    }
    if asked.base == nil, down(bytes) > 0 {
      requests.append(PoolRequest(bytes: ByteCount(down(bytes))))
    }
    return Attempt(
      kind: .alignment, candidates: unique(requests).compactMap { helps(.alignment($0)) },
      finding: "a size that needs no rounding to \(ByteCount(unit)) does not fit either")
  }

  private func unique(_ requests: [PoolRequest]) -> [PoolRequest] {
    var seen: Set<PoolRequest> = []
    return requests.filter { seen.insert($0).inserted }
  }

  private var window: Attempt {
    let holes = holes
    var requests: [PoolRequest] = []
    if asked.base != nil { requests.append(PoolRequest(bytes: asked.bytes)) }
    for hole in holes {
      let start = up(hole.start.value)
      let end = down(hole.last.value &+ 1)
      guard start < end, end - start >= rounded else { continue }
      requests.append(
        PoolRequest(
          bytes: asked.bytes, base: PhysicalAddress(start), limit: PhysicalAddress(end)))
    }
    return Attempt(
      kind: .window, candidates: requests.compactMap { helps(.window($0)) },
      finding: requests.isEmpty
        ? "no hole is \(size(rounded)) large: \(largestHole(holes))"
        : "a hole is large enough, but cma= does not look there, or the rest of boot needs it",
      largest: largest(in: holes) { .window($0) })
  }

  private func largestHole(_ holes: [PhysicalRange]) -> String {
    guard let hole = holes.max(by: { $0.size < $1.size }) else { return "there is none at all" }
    return "the largest is \(size(hole.size.bytes)), \(hole)"
  }

  /// A node's size is not rounded, so it asks for what `cma=` would be rounded to; its search is not
  /// bound by the DMA limit.
  private var node: Attempt {
    let requests = memory.banks.sorted().compactMap { bank -> PoolRequest? in
      guard bank.size.bytes >= rounded, let end = bank.start.advanced(by: bank.size) else {
        return nil
      }
      return PoolRequest(bytes: ByteCount(rounded), base: bank.start, limit: end)
    }
    let holes = holes
    let isRoom = holes.contains { $0.size.bytes >= rounded }
    // A node has its place before the kernel takes memory for itself.
    let most = largest(in: memory.banks) { .node($0) }
    let isMore = holes.allSatisfy { $0.size < most }
    return Attempt(
      kind: .node, candidates: requests.compactMap { helps(.node($0)) },
      finding: requests.isEmpty
        ? "no bank is \(size(rounded)) large"
        : isRoom
          ? "a hole is large enough, but it crosses a zone, or the rest of boot needs it"
          : isMore
            ? "a node gets \(most.wholeMebibytes) MiB at most, before the kernel takes memory for itself"
            : "no hole is \(size(rounded)) large: \(largestHole(holes))",
      largest: most)
  }

  /// The largest pool that a request with one of these windows gets. What a window has room for, it
  /// has room for less.
  private func largest(
    in windows: [PhysicalRange], _ change: (PoolRequest) -> PoolChange
  ) -> ByteCount {
    let sizes = windows.map { window -> UInt64 in
      let (start, end) = (up(window.start.value), down(window.last.value &+ 1))
      guard start < end else { return 0 }
      var (known, refuted) = (UInt64(0), (end - start) / unit + 1)
      while refuted - known > 1 {
        let middle = known + (refuted - known) / 2
        let request = PoolRequest(
          bytes: ByteCount(middle * unit), base: PhysicalAddress(start),
          limit: PhysicalAddress(end))
        if helps(change(request)) == nil { refuted = middle } else { known = middle }
      }
      return known * unit
    }
    return ByteCount(sizes.max() ?? 0)
  }
}
