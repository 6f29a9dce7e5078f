// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

/// Whether log and tree are enough to compute where the pools lie, or what is lacking.
struct Replay {
  let answer: String

  static let exact = "exact"

  init(_ view: BoardView, _ predicted: ExplainedBoot.Predicted) {
    if predicted.agrees == true || Self.isComputedFromDebugLines(view) {
      answer = Self.exact
    } else {
      answer = "needs: " + Self.needs(view, predicted).enumerated
    }
  }

  /// CMA's debug lines (3.4) have the limit of the search; the pool lies right below it.
  private static func isComputedFromDebugLines(_ view: BoardView) -> Bool {
    guard let limit = view.boot.poolLimit?.value, view.pools.count == 1,
      let range = view.pools[0].pool.range, limit.value > range.size.bytes
    else { return false }
    let highest = (limit.value - range.size.bytes) / view.granule * view.granule
    return range.start.value == highest
  }

  private static func needs(
    _ view: BoardView, _ predicted: ExplainedBoot.Predicted
  ) -> [String] {
    let boot = view.boot
    var needs: [String] = []
    if boot.release == nil { needs.append("the kernel's release") }
    if view.pools.isEmpty {
      needs.append(
        boot.memory?.value.pools == .zero
          ? "the kernel's configuration (whether it has CMA at all)"
          : "the lines in which a pool would be told")
      return needs
    }
    if view.banks == nil {
      needs.append(boot.efi == nil ? "where RAM is" : "EFI's memory map (where RAM is)")
    }
    if view.pools.contains(where: { $0.pool.outcome == .reserved && $0.pool.base == nil }) {
      needs.append("the line that has the pool's address")
    }
    if view.tree == nil, view.pools.contains(where: { $0.pool.kind == .deviceTree }) {
      needs.append("the nodes of the device tree")
    }
    if let gap = gapAbove(view), boot.loader.deviceTree == nil || boot.loader.ramdisk == nil {
      needs.append("what is in \(gap) (device tree, ramdisk)")
    }
    if needs.isEmpty {
      needs.append(predicted.unknown ?? "the kernel's configuration, or what else is taken")
    }
    return needs
  }

  /// Between the highest pool of a bank and the bank's end.
  private static func gapAbove(_ view: BoardView) -> PhysicalRange? {
    guard let banks = view.banks, let pool = view.pools.compactMap(\.pool.range).max() else {
      return nil
    }
    guard let bank = banks.first(where: { $0.contains(pool) }), pool.last < bank.last else {
      return nil
    }
    return PhysicalRange(
      start: PhysicalAddress(pool.last.value + 1), last: bank.last)
  }
}
