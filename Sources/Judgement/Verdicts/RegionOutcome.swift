// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Observations
import Quantities
import Records

extension ExplainedMessage {
  init(_ complaint: CMAMessages.Complaint) {
    self.init(
      id: complaint.kind.id.rawValue, meaning: complaint.kind.meaning,
      remedy: complaint.kind.remedy,
      origin: complaint.kind.origin, source: complaint.evidence)
  }
}

/// Finds out what became of each node.
struct RegionOutcomes {
  let request: RunRequest
  let observations: Observations
  let bypassesDefaults: Bool

  var all: [RegionOutcome] { request.regions.map(outcome) }

  private func outcome(_ region: RunRequest.Region) -> RegionOutcome {
    let complaints = complaints(on: region)
    let place = place(of: region)
    let kind: RegionOutcome.Kind
    if complaints.contains(where: { $0.kind.id == .notActivated }) {
      kind = .refused
    } else if let place {
      kind = place.kind
    } else if region.isDefault, bypassesDefaults {
      kind = .bypassed
    } else if region.fault != nil || !complaints.isEmpty {
      kind = .refused
    } else {
      kind = .unseen
    }
    return RegionOutcome(
      node: region.node, kind: kind, base: place?.range.value.start,
      bytes: place?.range.value.size, users: region.users,
      words: complaints.map(ExplainedMessage.init), fault: region.fault,
      source: place.map { [$0.range.evidence] } ?? [])
  }

  /// The complaints that name a node, those that lost it without a name, and those that were said
  /// right before its driver refused it.
  private func complaints(on region: RunRequest.Region) -> [CMAMessages.Complaint] {
    let all = observations.cmaMessages.complaints
    return all.indices.filter { index in
      let complaint = all[index]
      if complaint.kind.id == .nodeFormat { return true }
      if complaint.kind.id == .overlap, complaint.operands.count > 3 {
        return complaint.operands[0] == region.node || complaint.operands[3] == region.node
      }
      if let subject = complaint.subject { return subject == region.node }
      if complaint.kind.id == .bypassed { return region.isDefault }
      // `unable to setup`, `incorrect alignment`: the next named refusal is this node's.
      let next = all[index...].first { $0.subject != nil }
      return next?.kind.id == .driverRefused && next?.subject == region.node
    }.map { all[$0] }
  }

  private func place(
    of region: RunRequest.Region
  ) -> (kind: RegionOutcome.Kind, range: Fact<PhysicalRange>)? {
    if region.isPool { return pool(region).map { (.pool, $0) } }
    if region.isNoMap {
      return outside(region).map { (.outside, $0) } ?? carveOut(region).map { (.carveOut, $0) }
    }
    guard let base = region.base, let asked = PhysicalRange(start: base, size: region.bytes),
      let taken = observations.memblockReserved?.ranges.first(where: { $0.value.contains(asked) })
    else { return nil }
    return (.reserved, Fact(asked, taken.evidence))
  }

  /// debugfs knows it to the page; without it the log knows its base and whole MiB.
  private func pool(_ region: RunRequest.Region) -> Fact<PhysicalRange>? {
    if let areas = observations.cmaAreas?.areas {
      return areas.first { $0.value.isCalled(region.node) }.map {
        Fact($0.value.range, $0.evidence)
      }
    }
    let made = observations.cmaMessages.initialized
      .first { $0.value.node == region.node && $0.value.isCMA }
    guard let made, let base = made.value.base,
      made.value.wholeMebibytes == region.bytes.wholeMebibytes,
      let range = PhysicalRange(start: base, size: region.bytes)
    else { return nil }
    return Fact(range, made.evidence)
  }

  /// A region where no bank is: the kernel notes it, and has nothing to leave unmapped
  /// (drivers/of/of_reserved_mem.c, early_init_dt_reserve_memory).
  private func outside(_ region: RunRequest.Region) -> Fact<PhysicalRange>? {
    guard let base = region.base, let asked = PhysicalRange(start: base, size: region.bytes),
      let systemRAM = observations.ioMemory?.systemRAM, let first = systemRAM.first,
      !(request.banks + systemRAM.map(\.value)).contains(where: asked.overlaps)
    else { return nil }
    return Fact(asked, first.evidence)
  }

  /// The unmapped ranges that can be this region: the one that has its address, or, of a region
  /// without one, those that no other region has. Neighbours are one range to the kernel.
  private func carveOut(_ region: RunRequest.Region) -> Fact<PhysicalRange>? {
    let taken = request.regions.filter { $0.isNoMap && $0.node != region.node }.compactMap(\.base)
    let found = (observations.ioMemory?.unmapped ?? []).first { range in
      guard range.value.size >= region.bytes, region.bytes > .zero else { return false }
      return region.base.map(range.value.contains) ?? !taken.contains(where: range.value.contains)
    }
    guard let found else { return nil }
    let own = region.base.flatMap { PhysicalRange(start: $0, size: region.bytes) }
    guard own.map(found.value.contains) != false else { return nil }
    return Fact(own ?? found.value, found.evidence)
  }
}

extension RegionOutcome {
  /// The node became what it was to become, of its size and, where it has one, at its address.
  ///
  /// Nil for one of which the guest shows nothing that could be compared.
  func check(against region: RunRequest.Region, expectsBypass: Bool) -> Check? {
    let place = region.base.map { " at \($0)" } ?? ""
    let size = region.bytes == .zero ? "" : " of \(region.bytes)"
    let expected: String
    let holds: Bool
    if expectsBypass {
      expected = "bypassed, as cma= goes before linux,cma-default"
      holds = kind == .bypassed
    } else if region.isPool {
      expected = "a pool\(size)\(place)"
      holds =
        kind == .pool && bytes == region.bytes && (region.base ?? base) == base
    } else if region.isNoMap {
      expected = "a carve-out\(size)\(place)"
      holds = kind == .carveOut || kind == .outside
    } else {
      guard kind != .unseen else { return nil }
      expected = "reserved\(size)\(place)"
      holds = kind == .reserved
    }
    // A page with two owners is nobody's, however both came to be called a pool.
    let isShared = words.contains { $0.id == "overlap" }
    return Check(
      "region.\(node)", holds && !isShared, expected: expected,
      observed: isShared ? "\(summary), overlapping another region" : summary,
      source + words.map(\.source))
  }
}
