// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

/// The CMA areas of a guest, each with its owner.
///
/// An area's name does not tell whose it is: a region may be called `reserved` as the default pool
/// is, and before 6.1 debugfs cuts names to 11 characters. Of two areas that it would show by one
/// name it shows the first alone (debugfs_create_dir refuses the second). The log names each owner
/// with its base, so the base tells.
struct GuestAreas {
  enum Owner: Hashable {
    case defaultPool
    case node(String)
    /// An area of the kernel's own: hugetlb_cma, cma_pernuma.
    case kernel
  }

  struct Area: Hashable {
    let owner: Owner
    /// As debugfs shows it, or, of one that it does not show, the owner's.
    let name: String
    let range: PhysicalRange
    let evidence: Evidence
    /// Whether debugfs shows it.
    let isShown: Bool

    /// The node's whole name, where it is a node's.
    var wholeName: String {
      switch owner {
      case .node(let node): node
      case .defaultPool, .kernel: name
      }
    }
  }

  let all: [Area]
  /// Whether the guest shows areas at all.
  let hasListing: Bool

  /// - Parameter accounts: what the log says of each region that was asked for.
  init(
    _ observations: Observations, regions: [(region: RunRequest.Region, account: NodeAccount)]
  ) {
    let listed = observations.cmaAreas?.areas
    hasListing = listed != nil
    let reserved = observations.cmaMessages.reserved.first
    let pools = regions.compactMap {
      region, account -> (RunRequest.Region, Fact<PhysicalAddress>)? in
      guard let driver = account.driver, driver.value.isCMA, let base = driver.value.base else {
        return nil
      }
      return (region, Fact(base, driver.evidence))
    }
    func owner(of area: CMAArea) -> Owner {
      let start = area.range.start
      if let pool = pools.first(where: { $0.1.value == start && area.isCalled($0.0.node) }) {
        return .node(pool.0.node)
      }
      if area.name == CMAArea.defaultName {
        // A log that is not whole may lack the words on a region.
        let node = regions.first { $0.region.node == area.name && $0.account.driver == nil }
        let isDefault = reserved?.value.base == nil || reserved?.value.base == start
        return isDefault || node == nil ? .defaultPool : .node(area.name)
      }
      let node = regions.first { $0.region.isPool && area.isCalled($0.region.node) }
      return node.map { .node($0.region.node) } ?? .kernel
    }
    var areas = (listed ?? []).map { area in
      Area(
        owner: owner(of: area.value), name: area.value.name, range: area.value.range,
        evidence: area.evidence, isShown: true)
    }
    // What has a namesake in debugfs, and everything where there is no debugfs.
    for (region, base) in pools where !areas.contains(where: { $0.owner == .node(region.node) }) {
      let isHidden = listed.map { $0.contains { $0.value.isCalled(region.node) } } ?? true
      guard isHidden, let range = PhysicalRange(start: base.value, size: region.bytes) else {
        continue
      }
      areas.append(
        Area(
          owner: .node(region.node), name: region.node, range: range, evidence: base.evidence,
          isShown: false))
    }
    if !areas.contains(where: { $0.owner == .defaultPool }), let reserved,
      let base = reserved.value.base,
      listed.map({ $0.contains { $0.value.name == CMAArea.defaultName } }) ?? true
    {
      // meminfo has all pools to the byte, the log whole MiB.
      let others = areas.reduce(0) { $0 &+ $1.range.size.bytes }
      let logged = ByteCount(reserved.value.wholeMebibytes << 20)
      let total = observations.memoryInfo?.cmaTotal?.value.bytes ?? 0
      let size = total >= others ? max(logged, ByteCount(total - others)) : logged
      if let range = PhysicalRange(start: base, size: size) {
        areas.append(
          Area(
            owner: .defaultPool, name: CMAArea.defaultName, range: range,
            evidence: reserved.evidence, isShown: false))
      }
    }
    all = areas
  }

  var defaultPool: Area? { all.first { $0.owner == .defaultPool } }

  func area(of node: String) -> Area? { all.first { $0.owner == .node(node) } }
}
