// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Observations
import Quantities
import Records

/// What became of a region, by the kernel's word on that very node.
struct RegionFate {
  let kind: RegionOutcome.Kind
  /// Nil where nothing says where it is.
  let range: PhysicalRange?
  /// False if ``range`` is one of several places that the maps leave for it, and others have the rest.
  var isPlaceTold = true
  /// Where ``range`` was read.
  var source: [Evidence] = []
  var complaints: [CMAMessages.Complaint] = []

  /// - Parameter maps: for whether there is RAM at all where a region is not to be mapped.
  init(
    of region: RunRequest.Region, _ account: NodeAccount, in accounts: NodeAccounts,
    areas: GuestAreas, maps: MemoryMaps
  ) {
    complaints = account.complaints
    let area = areas.area(of: region.node)
    if account.refusal(of: region) != nil {
      (kind, range) = (.refused, nil)
    } else if let driver = account.driver, let base = driver.value.base {
      let size = PhysicalRange(start: base, size: region.bytes)
      if driver.value.isCMA {
        (kind, range) = (.pool, area?.range ?? size)
        source = [area?.evidence ?? driver.evidence]
      } else {
        (kind, range) = (Self.kind(region, size, maps), account.place?.value.range ?? size)
        source = [driver.evidence]
      }
    } else if let place = account.place {
      (kind, range) = (Self.kind(region, place.value.range, maps), place.value.range)
      source = [place.evidence]
    } else if account.isBypassed(region) {
      (kind, range) = (.bypassed, nil)
    } else if region.fault != nil || account.isLost {
      (kind, range) = (.refused, nil)
    } else if accounts.gap != nil, let area {
      (kind, range) = (.pool, area.range)
      source = [area.evidence]
    } else {
      (kind, range) = (.unseen, nil)
    }
    if kind == .carveOut, let range { source += maps.evidenceOfHole(range) }
  }

  /// A region of which a whole log says nothing, on a kernel that says something only of what it
  /// refuses, or of what a driver takes.
  init(
    silent kind: RegionOutcome.Kind, _ range: PhysicalRange?, isPlaceTold: Bool = true,
    source: [Evidence] = []
  ) {
    self.kind = kind
    self.range = range
    self.isPlaceTold = isPlaceTold
    self.source = source
  }

  /// What a region is that the kernel keeps and that is no CMA pool.
  static func kind(
    _ region: RunRequest.Region, _ range: PhysicalRange?, _ maps: MemoryMaps
  ) -> RegionOutcome.Kind {
    guard region.isNoMap else { return .reserved }
    return range.map { !maps.holdsRAM($0) } == true ? .outside : .carveOut
  }
}

extension NodeAccount {
  /// The complaint that decides that the region is not kept, whatever else is seen of it.
  fileprivate func refusal(of region: RunRequest.Region) -> CMAMessages.Complaint? {
    complaints.first { complaint in
      switch complaint.kind.id {
      case .notActivated, .noRoom, .driverRefused, .regLength, .sizeLength,
        .alignmentLength, .nodeFormat, .regionArray:
        return !isBypassed(region)
      case .allocRangesLength:
        return driver == nil && place == nil
      case .regionSlots:
        return complaint.subject != nil
      case .notReserved:
        // An entry without a size is nothing, and a CMA pool is made of reserved memory alone
        // (mm/cma.c, cma_init_reserved_mem).
        return driver?.value.isCMA != true
      default:
        return false
      }
    }
  }

  /// Whether a complaint is left that can only be said of a region that is not kept. Of regions that
  /// overlap, and of entries that are passed over, the kernel keeps what it can.
  fileprivate var isLost: Bool {
    complaints.contains { ![.overlap, .regEntries].contains($0.kind.id) }
  }

  /// Whether the kernel says that `cma=` takes the default pool's place. Of a region that is not
  /// reusable it says so too, and another driver takes it.
  fileprivate func isBypassed(_ region: RunRequest.Region) -> Bool {
    driver == nil && complaints.contains { $0.kind.id == .bypassed }
  }
}
