// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Observations
import Quantities
import Records

/// What the kernel's log says of one node of reserved-memory.
///
/// | lines | what it says of a node |
/// |---|---|
/// | all | `created CMA memory pool at B, size N MiB`, then `initialized node NODE, compatible id C` |
/// | since 6.5 | `0x…..0x… (K KiB) map reusable NODE`, of every region that it keeps |
/// | up to 6.4 | nothing, of a region without a driver that it keeps |
/// | all | a complaint that names the node, of every region that it does not keep |
struct NodeAccount {
  let node: String
  /// `initialized node`: a driver took it.
  let driver: Fact<CMAMessages.Initialized>?
  /// `0x…..0x… (K KiB) map reusable NODE`.
  let place: Fact<RegionPlace>?
  /// The complaints that name the node, those that lost it without a name, and those that were said
  /// right before its driver refused it.
  let complaints: [CMAMessages.Complaint]

  /// The regions that it has the same memory with, by the kernel's own words.
  var sharers: [String] {
    complaints.compactMap { complaint in
      guard complaint.kind.id == .overlap, complaint.operands.count > 3 else { return nil }
      return complaint.operands[0] == node ? complaint.operands[3] : complaint.operands[0]
    }
  }
}

/// A region's place in the kernel's own words (drivers/of/of_reserved_mem.c,
/// fdt_init_reserved_mem_node, since 6.5).
struct RegionPlace: Hashable, Sendable {
  let range: PhysicalRange
  let isMapped: Bool
  let isReusable: Bool
  let node: String

  private static let prefix = "OF: reserved mem: "

  /// Nil for another message.
  init?(_ message: String) {
    guard message.hasPrefix(Self.prefix) else { return nil }
    // "0x…..0x… (8192 KiB) nomap non-reusable NODE"
    let words = message.dropFirst(Self.prefix.count)
      .split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
    guard words.count == 6, words[1].first == "(", words[2] == "KiB)",
      let middle = words[0].firstRange(of: ".."),
      let start = try? PhysicalAddress(parsing: words[0][..<middle.lowerBound]),
      let last = try? PhysicalAddress(parsing: words[0][middle.upperBound...]),
      let range = PhysicalRange(start: start, last: last)
    else { return nil }
    switch words[3] {
    case "map": isMapped = true
    case "nomap": isMapped = false
    default: return nil
    }
    switch words[4] {
    case "reusable": isReusable = true
    case "non-reusable": isReusable = false
    default: return nil
    }
    self.range = range
    node = String(words[5])
  }
}

/// What the kernel's log says of the nodes that were asked for.
struct NodeAccounts {
  /// Why the log does not hold all that was said; nil where its silence means something.
  let gap: String?
  /// Whether this kernel gives the place of every region that it keeps.
  let givesPlaces: Bool
  private let initialized: [Fact<CMAMessages.Initialized>]
  private let places: [Fact<RegionPlace>]
  private let complaints: [CMAMessages.Complaint]
  private let nodes: Set<String>

  init(of nodes: [String], in observations: Observations) {
    gap = observations.kernelLog.gap
    initialized = observations.cmaMessages.initialized
    complaints = observations.cmaMessages.complaints
    self.nodes = Set(nodes)
    places = observations.kernelLog.messages.filter { !$0.isEcho }.compactMap { message in
      RegionPlace(message.text).map { Fact($0, message.evidence) }
    }
    let release = observations.identity.kernelRelease.flatMap { KernelRelease($0.value) }
    givesPlaces =
      !places.isEmpty || release.map { $0 >= KernelRelease(major: 6, minor: 5) } ?? false
  }

  func account(of region: RunRequest.Region) -> NodeAccount {
    NodeAccount(
      node: region.node, driver: initialized.first { $0.value.node == region.node },
      place: places.first { $0.value.node == region.node },
      complaints: complaints.indices.filter { concerns(region, at: $0) }.map { complaints[$0] })
  }

  private func concerns(_ region: RunRequest.Region, at index: Int) -> Bool {
    let complaint = complaints[index]
    switch complaint.kind.id {
    case .nodeFormat, .regionArray:
      return true
    case .overlap:
      // Text of another origin may read like it: both have to be nodes that were asked for.
      guard complaint.operands.count > 3, nodes.contains(complaint.operands[0]),
        nodes.contains(complaint.operands[3])
      else { return false }
      return complaint.operands[0] == region.node || complaint.operands[3] == region.node
    default:
      break
    }
    if let subject = complaint.subject { return subject == region.node }
    if complaint.kind.id == .bypassed { return region.isDefault }
    // `unable to setup`, `incorrect alignment`: the next named refusal is this node's.
    let next = complaints[index...].first { $0.subject != nil }
    return next?.kind.id == .driverRefused && next?.subject == region.node
  }

  /// Whether a kernel that keeps the region may say nothing of it.
  func mayKeepSilently(_ region: RunRequest.Region) -> Bool {
    guard gap == nil, !region.isPool else { return false }
    // A region past those that the kernel lists is reserved, and no driver hears of it.
    if hasLostRegions {
      return region.base != nil && region.compatible?.contains("shared-dma-pool") != true
    }
    return !givesPlaces
  }

  /// Whether regions were lost that no message names: there were more than the kernel lists.
  private var hasLostRegions: Bool {
    complaints.contains { $0.kind.id == .regionSlots && $0.subject == nil }
  }
}
