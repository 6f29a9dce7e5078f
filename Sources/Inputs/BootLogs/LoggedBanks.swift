// SPDX-License-Identifier: Apache-2.0
import Quantities

// RAM, as one of several sources tells it. Each source may have lost a line, so that a range is
// taken for all of them only where something else of the log agrees.

extension BootDraft {
  /// The kernel's own ranges, or else a vendor's or boot loader's lines.
  var banks: Logged<[PhysicalRange]>? {
    let sources: [(ranges: [Logged<PhysicalRange>], isComplete: Bool)] = [
      (nodeRanges, nodeRangesEnded && spansAgree(nodeRanges)),
      (memblockBanks, memblockBankCount == UInt64(memblockBanks.count)),
      (vendorBanks, vendorBankBytes == UInt64(vendorBanks.count) * 16),
      (boot.loader.banks, true),
    ]
    for source in sources where !source.ranges.isEmpty && source.isComplete {
      guard let joined = Self.joined(source.ranges.map(\.value)), totalAgrees(joined),
        holesAreBelievable(joined)
      else { continue }
      return Logged(joined, source.ranges.flatMap(\.lines).sorted())
    }
    return nil
  }

  /// Where two of the kernel's own ranges touch; none of a kernel with several nodes, whose borders are
  /// such places.
  var seams: [PhysicalAddress] {
    guard nodeNumbers.count == 1, nodeRangesEnded else { return [] }
    let ranges = nodeRanges.map(\.value).sorted()
    return zip(ranges, ranges.dropFirst()).compactMap { below, above in
      below.last.value &+ 1 == above.start.value ? above.start : nil
    }
  }

  /// In the order of addresses, adjacent ones as one; nil where two overlap.
  private static func joined(_ ranges: [PhysicalRange]) -> [PhysicalRange]? {
    let sorted = ranges.sorted()
    guard !zip(sorted, sorted.dropFirst()).contains(where: { $0.overlaps($1) }) else { return nil }
    return sorted.joiningAdjacent()
  }

  /// Whether the first and the last address are those that other lines tell: without the first or
  /// the last range they are not.
  private func spansAgree(_ ranges: [Logged<PhysicalRange>]) -> Bool {
    let ranges = ranges.map(\.value)
    guard let start = ranges.map(\.start.value).min(), let last = ranges.map(\.last.value).max()
    else { return false }
    let others = spans.map(\.value) + boot.zones.compactMap(\.value.range)
    guard !others.isEmpty else { return true }
    // Zones consist of whole pages.
    let page: UInt64 = 64 << 10
    let first = others.map(\.start.value).min() ?? start
    let end = others.map(\.last.value).max() ?? last
    return start < first + page && last + page > end
  }

  /// Whether the bytes are those that the kernel counts, where it does: with a range too few they
  /// are not. Ranges are printed in whole pages, so that both agree to the byte.
  private func totalAgrees(_ ranges: [PhysicalRange]) -> Bool {
    let bytes = ranges.reduce(0) { $0 &+ $1.size.bytes }
    if let total = boot.memory?.value.total.bytes, boot.ignoredRAM.isEmpty {
      return bytes == total
    }
    guard !nodePages.isEmpty else { return true }
    let pages = nodePages.reduce(0) { $0 &+ $1.value }
    return PageSize.allCases.contains { pages.scaled(by: $0.size.bytes) == bytes }
  }

  /// Whether no range between two others may be missing: where nothing counts RAM, a hole is one
  /// only if it has neither a whole zone nor the edge of a region, at which kernels split RAM.
  private func holesAreBelievable(_ ranges: [PhysicalRange]) -> Bool {
    guard ranges.count > 1, boot.memory == nil, nodePages.isEmpty else { return true }
    let edges = (boot.regions.map(\.value.range) + refusedRegions).flatMap {
      [$0.start.value, $0.last.value &+ 1]
    }
    for (below, above) in zip(ranges, ranges.dropFirst()) {
      let hole = (start: below.last.value + 1, end: above.start.value)
      if edges.contains(hole.start) || edges.contains(hole.end) { return false }
      let holdsZone = boot.zones.contains { zone in
        zone.value.range.map { hole.start <= $0.start.value && $0.last.value < hole.end }
          ?? false
      }
      if holdsZone { return false }
    }
    return true
  }

  private var refusedRegions: [PhysicalRange] {
    boot.refusals.compactMap { refusal in
      guard case .notReserved(let base, let size) = refusal.value.kind else { return nil }
      return PhysicalRange(start: base, size: size)
    }
  }
}
