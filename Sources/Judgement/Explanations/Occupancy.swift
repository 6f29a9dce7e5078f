// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Predictions
import Quantities
import Records

/// Who has which RAM before the pools are placed, as far as log and tree tell.
struct Occupancy {
  typealias Taker = ExplainedBoot.Taken

  /// By address; regions that are set aside, what the boot loader put there, the crash kernel.
  let takers: [Taker]

  init(_ view: BoardView) {
    let pools = Set(view.pools.compactMap(\.pool.name))
    var takers = view.boot.regions.filter { !pools.contains($0.value.name) }.map {
      Taker(
        kind: .region, name: $0.value.name, range: $0.value.range,
        evidence: view.sources($0.lines))
    }
    if view.boot.regions.isEmpty, let tree = view.tree {
      takers += tree.takers.filter { !pools.contains($0.name) }
    }
    // Later kernels list them among all regions.
    let names = Set(takers.map(\.name))
    takers += view.boot.namedRegions.filter {
      !names.contains($0.value.name) && !pools.contains($0.value.name)
    }.map {
      Taker(
        kind: .region, name: $0.value.name, range: $0.value.range,
        evidence: view.sources($0.lines))
    }
    takers += Self.loaded(view)
    for taker in view.boot.takers {
      let kind: Taker.Kind
      switch taker.value.kind {
      case .crashKernel: kind = .crashKernel
      case .vendors: kind = .region
      case .bounceBuffers, .nodeData: continue
      }
      takers.append(
        Taker(
          kind: kind, name: taker.value.name, range: taker.value.range,
          evidence: view.sources(taker.lines)))
    }
    self.takers = takers.sorted { $0.range < $1.range }
  }

  /// What the boot loader says that it put into memory.
  private static func loaded(_ view: BoardView) -> [Taker] {
    let loader = view.boot.loader
    let ramdisk = loader.ramdisk.map {
      Taker(
        kind: .ramdisk, name: "the ramdisk", range: $0.value, evidence: view.sources($0.lines))
    }
    let tree = loader.deviceTree.map {
      Taker(
        kind: .deviceTree, name: "the device tree", range: $0.value,
        evidence: view.sources($0.lines))
    }
    return [ramdisk, tree, kernel(view)].compactMap(\.self)
  }

  /// From where the boot loader put the image, as large as the kernel counts its parts.
  private static func kernel(_ view: BoardView) -> Taker? {
    guard let start = view.boot.loader.kernel, let size = view.boot.memory?.value.kernel,
      let range = PhysicalRange(start: start.value, size: size)
    else { return nil }
    return Taker(
      kind: .kernel, name: "the kernel", range: range,
      evidence: view.sources(start.lines + (view.boot.memory?.lines ?? [])))
  }

  func takers(in range: PhysicalRange) -> [Taker] { takers.filter { $0.range.overlaps(range) } }

  /// Where the kernel's list of RAM is split and nothing that is known begins or ends: something is
  /// there that is not mapped.
  func unexplainedSeam(_ view: BoardView) -> PhysicalAddress? {
    let unmapped = view.noMapRegions.map(\.range)
    let known = takers.map(\.range) + unmapped + view.pools.compactMap(\.pool.range)
    return view.boot.seams.first { seam in
      !known.contains { $0.start == seam || $0.last.value &+ 1 == seam.value }
    }
  }

  /// The largest run of multiples of `granule` that nobody is known to have, below a limit.
  func largestHole(
    in banks: [PhysicalRange], granule: UInt64, below limit: UInt64
  ) -> PhysicalRange? {
    let free = banks.flatMap { $0.subtracting(takers.map(\.range)) }
    return free.compactMap { hole -> PhysicalRange? in
      // Page 0 is never given out.
      let start = (max(hole.start.value, 4096) + granule - 1) / granule * granule
      let end = min(hole.last.value &+ 1, limit) / granule * granule
      guard start < end else { return nil }
      return PhysicalRange(
        start: PhysicalAddress(start), size: ByteCount(end - start))
    }.max { $0.size < $1.size }
  }
}

extension OwnerTree {
  /// Static regions and `/memreserve/`.
  fileprivate var takers: [Occupancy.Taker] {
    let nodes = (memory.reservedMemory?.nodes ?? []).compactMap { node in
      node.fixedRange.map {
        Occupancy.Taker(
          kind: .region, name: node.name, range: $0,
          evidence: [source("/reserved-memory/\(node.name): reg \($0)")])
      }
    }
    return nodes
      + memory.memoryReservations.map {
        Occupancy.Taker(
          kind: .region, name: "/memreserve/", range: $0, evidence: [source("/memreserve/ \($0)")])
      }
  }

  private func source(_ text: String) -> ExplainedBoot.Source {
    .init(file: file, line: nil, text: text)
  }
}

extension BoardView {
  /// Of what pools are multiples: the largest that kernels of this release have, so that what is a
  /// multiple of it suits all of them (mm/cma.c before 5.19, include/linux/cma.h since).
  var granule: UInt64 {
    switch boot.pageSize?.value {
    case .sixtyFourKiB: 512 << 20
    case .sixteenKiB: 32 << 20
    case .fourKiB, nil: 4 << 20
    }
  }

  /// Where the search for the default pool ends: the first address that it cannot use.
  var poolLimit: UInt64 {
    if let limit = boot.poolLimit { return limit.value.value &+ 1 }
    let end = (banks ?? []).map { $0.last.value &+ 1 }.max() ?? .max
    guard boot.architecture?.value != .arm else { return end }
    let fourGiB: UInt64 = 1 << 32
    guard (banks ?? []).contains(where: { $0.start.value < fourGiB }) else { return end }
    // 5.5 to 5.9 look below the end of ZONE_DMA32.
    let followsDMA32 = release.map {
      KernelRelease(major: 5, minor: 5) <= $0 && $0 < KernelRelease(major: 5, minor: 10)
    }
    guard followsDMA32 != true,
      let zone = boot.zones.first(where: { $0.value.name == "DMA" })?.value.range,
      boot.zones.contains(where: { $0.value.range.map { zone.last < $0.start } ?? false })
    else { return fourGiB }
    return min(zone.last.value &+ 1, fourGiB)
  }
}
