// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

/// The regions of which a whole log says nothing.
///
/// Up to 6.4 a kernel that keeps a region without a driver does not say so: it says only what it
/// refuses (drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size: the other message is pr_debug).
/// So the maps alone show it: an address of its own, or a hole that belongs to no other region.
struct SilentRegions {
  private let maps: MemoryMaps
  /// By node.
  private let places: [String: PhysicalRange]
  /// The nodes that could lie elsewhere just as well: the holes are the same, whoever has which.
  private let movable: Set<String>

  /// - Parameter known: what became of the regions that the log names; the others are silent.
  init(
    _ silent: [RunRequest.Region], beside known: [RegionFate], maps: MemoryMaps
  ) {
    self.maps = maps
    let owned = known.compactMap { $0.kind == .carveOut ? $0.range : nil }
    let fixed = silent.compactMap { $0.isNoMap ? $0.range : nil }
    let holes = maps.unmapped.subtracting(
      AddressSet(owned + fixed).wholePages(of: maps.pageSize))
    let floating = silent.filter { $0.isNoMap && $0.base == nil && $0.bytes > .zero }
    var search = HoleAssignment(holes: holes, regions: floating, pageSize: maps.pageSize)
    let places = search.solve() ?? [:]
    self.places = places
    movable = Set(
      places.filter { node, place in
        var other = HoleAssignment(
          holes: holes, regions: floating, pageSize: maps.pageSize, otherThan: (node, place))
        return other.solve() != nil || other.isGivenUp
      }.keys)
  }

  /// Nil where the maps do not show it either.
  func fate(of region: RunRequest.Region) -> RegionFate? {
    if region.isNoMap {
      guard let range = region.range ?? places[region.node] else { return nil }
      let kind = RegionFate.kind(region, range, maps)
      return RegionFate(
        silent: kind, range, isPlaceTold: !movable.contains(region.node),
        source: kind == .outside ? maps.evidenceOfRAM : maps.evidenceOfHole(range))
    }
    guard let range = region.range else {
      // It lies where the kernel found room, and no list tells reservations apart.
      guard region.bytes > .zero, maps.hasReservation(for: region) != false else { return nil }
      return RegionFate(silent: .reserved, nil)
    }
    return RegionFate(silent: .reserved, range, source: maps.evidenceOfReservation(range))
  }
}

/// Puts regions without an address into the holes that belong to no other region, so that each byte
/// has one owner.
private struct HoleAssignment {
  private let regions: [RunRequest.Region]
  private let pageSize: ByteCount
  private var holes: [PhysicalRange]
  private var places: [String: PhysicalRange] = [:]
  /// A search that takes longer is given up, and proves nothing.
  private var stepsLeft = 20_000
  private let excluded: (node: String, pages: AddressSet)?

  var isGivenUp: Bool { stepsLeft <= 0 }

  /// - Parameter otherThan: a node, and the place that it is not to get.
  init(
    holes: AddressSet, regions: [RunRequest.Region], pageSize: ByteCount,
    otherThan excluded: (node: String, place: PhysicalRange)? = nil
  ) {
    self.holes = holes.ranges
    self.excluded = excluded.map {
      ($0.node, AddressSet([$0.place]).wholePages(of: pageSize))
    }
    // The larger a region is, the fewer places it has.
    self.regions = regions.sorted { ($0.bytes, $0.node) > ($1.bytes, $1.node) }
    self.pageSize = pageSize
  }

  mutating func solve() -> [String: PhysicalRange]? {
    place(from: 0) ? places : nil
  }

  private mutating func place(from index: Int) -> Bool {
    guard index < regions.count else { return true }
    let region = regions[index]
    for (hole, candidate) in candidates(for: region) {
      stepsLeft -= 1
      guard stepsLeft > 0 else { return false }
      let pages = AddressSet([candidate]).wholePages(of: pageSize)
      if let excluded, excluded.node == region.node, excluded.pages == pages { continue }
      let before = holes
      holes = AddressSet(holes).subtracting(pages).ranges
      places[region.node] = candidate
      if hole.contains(candidate), place(from: index + 1) { return true }
      holes = before
      places[region.node] = nil
    }
    return false
  }

  /// The two ends of each hole, top first: the kernel allocates from the top, and what is taken
  /// leaves no room that another region would need.
  private func candidates(
    for region: RunRequest.Region
  ) -> [(hole: PhysicalRange, place: PhysicalRange)] {
    let alignment = Alignment(max(region.alignment?.bytes ?? 1, 1)) ?? .word
    return holes.reversed().flatMap { hole -> [(PhysicalRange, PhysicalRange)] in
      guard hole.size >= region.bytes else { return [] }
      let top = alignment.down(hole.last.value - (region.bytes.bytes - 1))
      let starts = [top, alignment.up(hole.start.value) ?? top]
      return starts.compactMap { start in
        guard
          let place = PhysicalRange(start: PhysicalAddress(start), size: region.bytes),
          hole.contains(place), region.admits(place)
        else { return nil }
        return (hole, place)
      }
    }
  }
}

extension RunRequest.Region {
  /// Its own addresses; nil where the kernel was to find a place.
  var range: PhysicalRange? { base.flatMap { PhysicalRange(start: $0, size: bytes) } }

  /// Whether the kernel was free to put it there.
  func admits(_ place: PhysicalRange) -> Bool {
    if let base { return place.start == base }
    let isAligned =
      alignment.flatMap { Alignment($0.bytes) }?.isAligned(place.start.value) ?? true
    return isAligned && (windows.map { $0.contains { $0.contains(place) } } ?? true)
  }
}
