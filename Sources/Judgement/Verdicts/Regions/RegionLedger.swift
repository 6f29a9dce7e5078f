// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

/// What became of each region: the kernel's word on that very node first, then what iomem, memblock
/// and debugfs have to show if the word is true. Each byte belongs to one region.
struct RegionLedger {
  let accounts: NodeAccounts
  let areas: GuestAreas
  let maps: MemoryMaps
  /// In the order of the request.
  let entries: [Entry]

  struct Entry {
    let region: RunRequest.Region
    let fate: RegionFate
    let complaints: [CMAMessages.Complaint]
    /// What contradicts the kernel's word, in words; empty where nothing does.
    let contradictions: [String]

    var outcome: RegionOutcome {
      RegionOutcome(
        node: region.node, kind: fate.kind, base: fate.isPlaceTold ? fate.range?.start : nil,
        bytes: fate.range?.size ?? (fate.kind == .reserved ? region.bytes : nil),
        users: region.users, words: complaints.map(ExplainedMessage.init),
        fault: region.fault, source: fate.source)
    }
  }

  init(request: RunRequest, observations: Observations) {
    let accounts = NodeAccounts(of: request.regions.map(\.node), in: observations)
    let known = request.regions.map { (region: $0, account: accounts.account(of: $0)) }
    let areas = GuestAreas(observations, regions: known)
    let maps = MemoryMaps(banks: request.ram, observations: observations)
    var fates = known.map {
      RegionFate(of: $0.region, $0.account, in: accounts, areas: areas, maps: maps)
    }
    let isSilent = zip(known, fates).map { known, fate in
      fate.kind == .unseen && accounts.mayKeepSilently(known.region)
    }
    let silent = SilentRegions(
      zip(known, isSilent).compactMap { $1 ? $0.region : nil }, beside: fates, maps: maps)
    for index in fates.indices where isSilent[index] {
      fates[index] = silent.fate(of: known[index].region) ?? fates[index]
    }
    let audit = RegionAudit(
      regions: request.regions, fates: fates, accounts: known.map(\.account), areas: areas,
      maps: maps, rounding: PoolRounding(observations.identity))
    entries = request.regions.indices.map { index in
      Entry(
        region: request.regions[index], fate: fates[index], complaints: audit.complaints(of: index),
        contradictions: audit.contradictions(of: index))
    }
    self.accounts = accounts
    self.areas = areas
    self.maps = maps
  }

  var outcomes: [RegionOutcome] { entries.map(\.outcome) }

  /// RAM that need not be System RAM: what the kernel was told not to map, at the addresses that
  /// the request, or the kernel's word on the region, gives it.
  var unmappedByRequest: AddressSet {
    AddressSet(
      entries.filter(\.region.isNoMap).flatMap { entry in
        [entry.region.range, entry.fate.range].compactMap(\.self)
          + (entry.region.furtherRanges ?? [])
      })
  }

  /// Whether the kernel was to find a place for memory that it does not map.
  var hasFloatingCarveOuts: Bool {
    entries.contains { $0.region.isNoMap && $0.region.base == nil }
  }
}
