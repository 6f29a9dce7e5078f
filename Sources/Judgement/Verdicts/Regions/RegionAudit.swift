// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Observations
import Quantities
import Records

/// Holds the kernel's word on each region against what the guest shows of its memory.
struct RegionAudit {
  let regions: [RunRequest.Region]
  let fates: [RegionFate]
  let accounts: [NodeAccount]
  let areas: GuestAreas
  let maps: MemoryMaps
  /// Nil of a guest that does not say how its kernel aligns pools.
  let rounding: PoolRounding?

  /// What speaks against the fate of a region, one phrase each.
  func contradictions(of index: Int) -> [String] {
    let region = regions[index]
    let fate = fates[index]
    guard let range = fate.range else { return [] }
    var found: [String] = []
    if !region.admits(range) { found.append("which is not where it was to be") }
    if let place = accounts[index].place?.value, place.isMapped == region.isNoMap {
      found.append(region.isNoMap ? "which the kernel maps" : "which the kernel does not map")
    }
    switch fate.kind {
    case .pool: found += contradictions(ofPool: region, range)
    case .carveOut:
      // Of a region that reaches past RAM only what is RAM can be carved out.
      let due = AddressSet([range]).intersection(maps.banks)
      if !maps.unmapped.isSuperset(of: due) { found.append("of which a part is System RAM") }
    case .reserved:
      if maps.reserved?.contains(range) == false { found.append("which is not reserved") }
    case .outside, .bypassed, .refused, .unseen: break
    }
    return found + sharing(index, range)
  }

  private func contradictions(ofPool region: RunRequest.Region, _ range: PhysicalRange) -> [String]
  {
    var found: [String] = []
    let area = areas.area(of: region.node)
    if areas.hasListing, area == nil {
      found.append("which debugfs does not show")
    }
    if region.base == nil, let alignment = rounding?.alignment,
      !alignment.isAligned(range.start.value)
    {
      found.append("which is not aligned to \(ByteCount(alignment.bytes))")
    }
    if let systemRAM = maps.systemRAM, !systemRAM.contains(range) {
      found.append("which is not System RAM")
    }
    if maps.reserved?.contains(range) == false { found.append("which is not reserved") }
    return found
  }

  /// What the kernel says against a region, less an overlap with one that has no memory any more.
  func complaints(of index: Int) -> [CMAMessages.Complaint] {
    let gone = Set(regions.indices.filter(wasGivenBack).map { regions[$0].node })
    return fates[index].complaints.filter { complaint in
      complaint.kind.id != .overlap || gone.isDisjoint(with: complaint.operands)
    }
  }

  /// A byte with two owners is nobody's, however both came to it.
  private func sharing(_ index: Int, _ range: PhysicalRange) -> [String] {
    var others = accounts[index].sharers.filter { node in
      !regions.indices.contains { regions[$0].node == node && wasGivenBack($0) }
    }
    for other in fates.indices where other != index {
      guard let taken = fates[other].range, taken.overlaps(range),
        !others.contains(regions[other].node)
      else { continue }
      others.append(regions[other].node)
    }
    if fates[index].kind != .outside, let pool = areas.defaultPool, pool.range.overlaps(range) {
      others.append("the default pool")
    }
    return others.isEmpty ? [] : ["overlapping \(others.joined(separator: " and "))"]
  }

  /// Whether the region's driver refused it, so that its memory was free for the next region. 6.12
  /// keeps it in its list all the same, and says that the two overlap
  /// (drivers/of/of_reserved_mem.c, fdt_init_reserved_mem_node and __rmem_check_for_overlap).
  private func wasGivenBack(_ index: Int) -> Bool {
    fates[index].range == nil
      && accounts[index].complaints.contains { $0.kind.id == .driverRefused }
  }
}
