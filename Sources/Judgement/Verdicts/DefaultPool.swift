// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import MemoryRequests
import Observations
import Quantities
import Records

/// Which setting was to make the default pool, and which one did.
struct DefaultPool {
  let precedence: PoolPrecedence
  private let observations: Observations
  private let regions: RegionLedger

  init(request: RunRequest, observations: Observations, regions: RegionLedger) {
    self.observations = observations
    self.regions = regions
    // The kernel counts what memblock has; a guest without its debugfs has the banks.
    let ranges = observations.memblockMemory?.ranges.map(\.value) ?? request.ram
    let memory = ranges.reduce(0) { $0 &+ $1.size.bytes }
    precedence = request.precedence(
      memory: ByteCount(memory),
      pageSize: observations.identity.pageSize?.value ?? .kibibytes(4))
  }

  /// The size that the winner asks for, before any rounding; nil where it is not known.
  ///
  /// A device-tree pool counts with the regions, so it is nothing here.
  var asked: ByteCount? {
    switch precedence.winner {
    case .commandLine(let pool): pool.bytes
    case .kconfig(let bytes): bytes
    case .deviceTree, .nobody: .zero
    case .unknown: nil
    }
  }

  /// The pool of dma_contiguous_reserve, which `cma=` and Kconfig share, as the guest shows it.
  private var reserved: Evidence? {
    regions.areas.defaultPool?.evidence ?? observations.cmaMessages.reserved.first?.evidence
  }

  /// The device-tree default that became a pool.
  private var node: (name: String, evidence: Evidence)? {
    let entry = regions.entries.first { $0.region.isDefault && $0.fate.kind == .pool }
    return entry.flatMap { entry in
      entry.fate.source.first.map { (entry.region.node, $0) }
    }
  }

  /// What made the default pool; nil where there is none.
  private var observed: (way: PoolWay, words: String, evidence: Evidence)? {
    // Where the kernel reserves its own pool before it sets regions up (32-bit ARM since 6.13), there are
    // both, and the node's takes the other one's place.
    if let reserved, precedence.commandLine != nil || node == nil {
      // mm/cma.c says the same for both, but with cma= Kconfig has no say.
      return precedence.commandLine == nil
        ? (.kconfig, "Kconfig's pool", reserved) : (.commandLine, "cma=", reserved)
    }
    return node.map { (.deviceTree, "linux,cma-default of '\($0.name)'", $0.evidence) }
  }

  /// Whether a pool would be seen if there were one.
  private var isSilenceProof: Bool {
    regions.areas.hasListing || regions.accounts.gap == nil
  }

  /// The winner is the one that the kernel's own rules name.
  ///
  /// Nil where there is but one setting, and nothing to win.
  var winner: Check? {
    let contenders =
      (precedence.commandLine == nil ? 0 : 1) + precedence.deviceTree.count
      + (precedence.kconfig == .zero || precedence.kconfig == nil ? 0 : 1)
    let isPlain = contenders <= 1 && precedence.way == .commandLine
    guard !isPlain else { return nil }
    let seen = observed
    let holds: Bool? =
      switch precedence.winner {
      case .unknown: nil
      case .nobody: seen == nil
      case .commandLine, .deviceTree, .kconfig: seen?.way == precedence.way
      }
    let bypass = observations.cmaMessages.complaints.first { $0.kind.id == .bypassed }?.evidence
    let isUnproved = holds == true && seen == nil && !isSilenceProof
    return Check(
      id: .pool(.winner), verdict: isUnproved ? .inconclusive : holds == false ? .fail : .pass,
      expected: precedence.explanation, observed: seen?.words ?? "no default pool",
      source: [seen?.evidence, bypass].compactMap(\.self))
  }

  /// The pool lies where `cma=` places it; nil where it does not, or there is no pool to look at.
  func place(of pool: Fact<PhysicalRange>?) -> Check? {
    guard case .commandLine(let asked) = precedence.winner, asked.base != nil, let pool else {
      return nil
    }
    let holds: Bool
    let expected: String
    if let base = asked.fixedBase {
      holds = pool.value.start == base
      expected = "at \(base)"
    } else {
      guard let window = asked.window else { return nil }
      holds = window.contains(pool.value)
      expected = "inside \(window)"
    }
    return Check(
      .pool(.place), holds, expected: expected, observed: "\(pool.value)", [pool.evidence])
  }
}
