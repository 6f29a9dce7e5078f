// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// What there is room for instead of a pool or region that the kernel refuses, or of which the guest
/// dies: how large it could be where it stands, and what bounds that by name.
package struct PoolRoom: Hashable, Sendable {
  /// The node of /reserved-memory; nil for the pool that the kernel places itself.
  package let node: String?
  /// The largest that the kernel reserves, and the largest that the guest also lives with; zero where
  /// there is none.
  package let fits: ByteCount
  package let safe: ByteCount
  /// Where the largest would lie; nil where none fits.
  package let hole: PhysicalRange?
  /// What bounds it.
  package let below: RoomBound?
  package let above: RoomBound?
  /// What lies where something with an address of its own was to lie.
  package let intruders: [Owner]

  /// Nil for a prediction by which everything gets its memory and the guest lives, and for one that
  /// cannot be relied on.
  ///
  /// - Parameter prediction: of the kernel with that memory.
  package init?(
    insteadOf prediction: Prediction, of kernel: KernelFacts, with memory: EarlyMemory
  ) {
    guard prediction.unknown == nil else { return nil }
    if let refusal = prediction.refusal {
      self.init(ofDefaultPool: kernel, memory, refusal.cause)
    } else if let region = prediction.regions.first(where: \.isWithoutPlace) {
      self.init(ofNode: region.name, kernel, memory, prediction)
    } else if prediction.fatality != nil {
      if let node = prediction.defaultPool, !node.isPlacedByKernel {
        self.init(ofNode: node.name, kernel, memory, prediction)
      } else if prediction.defaultPool != nil {
        self.init(ofDefaultPool: kernel, memory, nil)
      } else {
        return nil
      }
    } else {
      return nil
    }
  }

  private init(ofDefaultPool kernel: KernelFacts, _ memory: EarlyMemory, _ cause: PoolRefusal?) {
    let largest = LargestPool(of: kernel, with: memory)
    node = nil
    fits = largest.fits
    safe = largest.safe
    let pool = largest.prediction.pools.first { $0.isPlacedByKernel }
    hole = largest.fits == .zero ? nil : pool?.range
    let argument = PoolArgument(commandLine: memory.commandLine)
    let limit = largest.prediction.limit
    let isOwnLimit = limit.map { $0.value == argument?.limit } ?? false
    var edges = Edges(
      of: largest.prediction.reservations.prefix { $0.owner != .defaultPool }, in: memory.banks)
    edges.add(largest.prediction.regions)
    edges.add(
      banks: memory.banks,
      limit: limit.map { ($0.value, isOwnLimit ? .window : .searchLimit($0)) })
    if let start = argument?.base, start > 0 { edges.add(start: start) }
    (below, above) = edges.around(hole)
    let asked = argument.flatMap { PhysicalRange(at: $0.base, bytes: $0.size) }
    intruders = cause == .placeTaken ? Self.intruders(in: asked, largest.prediction, but: nil) : []
  }

  private init?(
    ofNode name: String, _ kernel: KernelFacts, _ memory: EarlyMemory, _ prediction: Prediction
  ) {
    guard let nodes = memory.reservedMemory?.nodes,
      let index = nodes.firstIndex(where: { $0.name == name })
    else { return nil }
    node = name
    guard case .dynamic(_, let alignment, let windows) = nodes[index].placement else {
      var place: PhysicalRange?
      if case .fixed(let entries) = nodes[index].placement, let first = entries.first {
        place = PhysicalRange(at: first.start, bytes: first.size)
      }
      (fits, safe, hole, below, above) = (.zero, .zero, nil, nil, nil)
      intruders = Self.intruders(in: place, prediction, but: name)
      return
    }
    func predict(_ size: UInt64) -> Prediction {
      var changed = memory
      changed.reservedMemory?.nodes[index].placement = .dynamic(
        size: size, alignment: alignment, within: windows)
      return Prediction(of: kernel, with: changed)
    }
    let unit = nodes[index].isPool ? kernel.poolAlignment : kernel.pageSize
    let most = memory.banks.reduce(0) { $0 + $1.size.bytes } / unit + 1
    let largest = LargestPool.last(upTo: most, isOrdered: true) {
      predict($0 * unit).range(ofRegion: name) != nil
    }
    let largestSafe = LargestPool.last(upTo: largest, isOrdered: true) {
      let prediction = predict($0 * unit)
      return prediction.fatality == nil && prediction.hazards.isEmpty
    }
    let best = predict(largest * unit)
    fits = ByteCount(largest * unit)
    safe = ByteCount(largestSafe * unit)
    hole = largest == 0 ? nil : best.range(ofRegion: name)
    var edges = Edges(
      of: best.reservations.prefix { $0.owner != .region(name) }, in: memory.banks)
    edges.add(best.regions.filter { $0.name != name })
    edges.add(banks: memory.banks)
    for window in windows ?? [] {
      edges.add(start: window.start)
      if let range = PhysicalRange(at: window.start, bytes: window.size) {
        edges.add(end: range.last, .window)
      }
    }
    (below, above) = edges.around(hole)
    intruders = []
  }

  /// Everything that was taken before any search, in a range.
  private static func intruders(
    in place: PhysicalRange?, _ prediction: Prediction, but name: String?
  ) -> [Owner] {
    guard let place else { return [] }
    var owners: [Owner] = []
    for reservation in prediction.reservations where reservation.range.overlaps(place) {
      switch reservation.owner {
      case .kernel, .deviceTree, .initramfs, .memoryReservation, .region:
        if reservation.owner != name.map({ .region($0) }), !owners.contains(reservation.owner) {
          owners.append(reservation.owner)
        }
      default: break
      }
    }
    return owners
  }
}

/// What a hole in RAM ends at.
package enum RoomBound: Hashable, Sendable {
  case owner(Owner)
  case startOfBank(Int)
  case endOfBank(Int)
  /// Where the search for the default pool ends, with RAM past it.
  case searchLimit(PhysicalAddress)
  /// An end of the window that was asked for: `alloc-ranges`, or the range of `cma=`.
  case window
}

extension RoomBound: CustomStringConvertible {
  package var description: String {
    switch self {
    case .owner(let owner): "\(owner)"
    case .startOfBank(let number): "the start of bank \(number)"
    case .endOfBank(let number): "the end of bank \(number)"
    case .searchLimit(let limit) where limit.value == 1 << 32: "the 4 GiB line"
    case .searchLimit(let limit): "the DMA limit \(limit)"
    case .window: "its window"
    }
  }
}

/// The addresses at which something begins or ends.
private struct Edges {
  /// The first address past what lies below, and the first address of what lies above.
  private var ends: [(address: UInt64, bound: RoomBound)] = []
  private var starts: [(address: UInt64, bound: RoomBound)] = []

  /// What lies where there is no RAM bounds nothing.
  private let banks: [PhysicalRange]

  init(of reservations: some Sequence<Prediction.Reservation>, in banks: [PhysicalRange]) {
    self.banks = banks
    for reservation in reservations { add(reservation.range, .owner(reservation.owner)) }
  }

  private mutating func add(_ range: PhysicalRange, _ bound: RoomBound) {
    guard banks.contains(where: range.overlaps) else { return }
    starts.append((range.start.value, bound))
    ends.append((range.last.value &+ 1, bound))
  }

  /// What is not mapped is no reservation on every line.
  mutating func add(_ regions: [Prediction.Region]) {
    for region in regions {
      guard case .carveOut(let range) = region.outcome else { continue }
      add(range, .owner(.region(region.name)))
    }
  }

  /// - Parameter limit: the first address past a search, and what it is. A bank that ends right
  ///   before it, with RAM past it, is bounded by it.
  mutating func add(banks: [PhysicalRange], limit: (address: UInt64, bound: RoomBound)? = nil) {
    let banks = banks.sorted()
    for (number, bank) in banks.enumerated() {
      let end = bank.last.value &+ 1
      let next = number + 1 < banks.count ? banks[number + 1].start.value : nil
      // Banks that touch are one to the kernel.
      if number == 0 || banks[number - 1].last.value &+ 1 != bank.start.value {
        ends.append((bank.start.value, .startOfBank(number)))
      }
      if let limit, bank.start.value < limit.address,
        end > limit.address || next.map({ $0 >= limit.address }) ?? false
      {
        starts.append((min(end, limit.address), limit.bound))
      } else if next != end {
        starts.append((end, .endOfBank(number)))
      }
    }
  }

  mutating func add(start: UInt64) { ends.append((start, .window)) }

  mutating func add(end: PhysicalAddress, _ bound: RoomBound) {
    starts.append((end.value &+ 1, bound))
  }

  /// What lies nearest below and above a hole.
  func around(_ hole: PhysicalRange?) -> (below: RoomBound?, above: RoomBound?) {
    guard let hole else { return (nil, nil) }
    return (
      ends.filter { $0.address <= hole.start.value }.max { $0.address < $1.address }?.bound,
      starts.filter { $0.address > hole.last.value }.min { $0.address < $1.address }?.bound
    )
  }
}

extension Prediction {
  fileprivate func range(ofRegion name: String) -> PhysicalRange? {
    switch regions.first(where: { $0.name == name })?.outcome {
    case .pool(let range), .coherentPool(let range), .carveOut(let range), .reserved(let range):
      range
    case .refused, nil: nil
    }
  }
}

extension Prediction.Region {
  /// Whether the kernel has no place for it, rather than not want it as it is.
  fileprivate var isWithoutPlace: Bool {
    switch outcome {
    case .refused(.noHole), .refused(.noRAM), .refused(.placeTaken): true
    default: false
    }
  }
}
