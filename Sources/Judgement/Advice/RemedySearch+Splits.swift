// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Records

extension RemedySearch {
  /// Ends of banks are put on such a boundary where that does not cost the pool.
  private static let tidySteps: [UInt64] = [256 << 20, 16 << 20, 2 << 20]

  /// One bank grown at its end, the others made shorter, all RAM as much as before.
  func split(inventing: Bool) -> Attempt {
    let kind: Remedy.Kind = inventing ? .inventedSplit : .split
    let banks = memory.banks.sorted()
    var candidates: [Candidate] = []
    var largest = largest.safe.bytes
    for index in banks.indices {
      let most = growth(of: index, in: banks, inventing: inventing)
      guard most > 0, let widest = moved(most, to: index, in: banks) else { continue }
      largest = max(largest, largestPool(with: widest))
      if let candidate = smallest(upTo: most, to: index, in: banks) {
        candidates.append(candidate)
      }
    }
    let place = inventing ? "wherever the board had its RAM" : "inside the board's physical-ram"
    let total = memory.banks.reduce(0) { $0 + $1.size.bytes }
    return Attempt(
      kind: kind, candidates: candidates,
      finding: "\(place), no banks of \(size(total)) have a pool larger than \(size(largest))",
      largest: ByteCount(largest))
  }

  private func largestPool(with banks: [PhysicalRange]) -> UInt64 {
    var changed = memory
    changed.banks = banks
    changed.reservedMemory?.nodes.removeAll(where: \.isDefault)
    changed.setPool(nil)
    return LargestPool(of: kernel, with: changed).safe.bytes
  }

  /// How far a bank's end can move: to the next bank, to the end of the RAM that the hardware can
  /// have or to the first device, and no further than there is RAM in the others.
  private func growth(of index: Int, in banks: [PhysicalRange], inventing: Bool) -> UInt64 {
    let bank = banks[index]
    var limit = min(end.value, banks.dropFirst(index + 1).first?.start.value ?? .max)
    if !inventing {
      guard let windowEnd = windowEnd(behind: bank) else { return 0 }
      limit = min(limit, windowEnd)
    }
    for device in devices where device.start > bank.last { limit = min(limit, device.start.value) }
    let room = limit > bank.last.value ? limit - bank.last.value - 1 : 0
    let spare = banks.indices.filter { $0 != index }.reduce(0) { $0 + self.spare(banks[$1]) }
    return min(room, spare)
  }

  /// The end of the hardware's RAM that begins where the bank ends; windows that touch are one.
  private func windowEnd(behind bank: PhysicalRange) -> UInt64? {
    var found: UInt64?
    for window in windows.sorted() {
      let reach = found ?? bank.last.value
      if window.start.value <= reach || found == window.start.value, window.last.value >= reach {
        found = window.last.value + 1
      }
    }
    return found
  }

  /// What a bank can do without: all of it, unless files of the boot lie there.
  private func spare(_ bank: PhysicalRange) -> UInt64 {
    let kernelLast = memory.kernel.value + kernel.image.size - 1
    let lasts =
      [kernelLast, memory.deviceTree.last.value]
      + [memory.initramfs?.last.value]
      .compactMap(\.self)
    let fixed = (memory.reservedMemory?.nodes ?? []).flatMap { node -> [UInt64] in
      guard case .fixed(let entries) = node.placement else { return [] }
      return entries.filter { $0.size > 0 }.map { $0.start &+ $0.size &- 1 }
    }
    let highest = (lasts + fixed).filter { bank.start.value <= $0 && $0 <= bank.last.value }.max()
    guard let highest else { return bank.size.bytes }
    let kept = (highest | (Self.tidySteps[1] - 1)) + 1
    return bank.last.value >= kept ? bank.last.value + 1 - kept : 0
  }

  /// `bytes` of the last other banks' ends, put behind the bank at `index`; nil for no whole pages.
  private func moved(
    _ bytes: UInt64, to index: Int, in banks: [PhysicalRange]
  ) -> [PhysicalRange]? {
    var rest = bytes
    var changed: [PhysicalRange?] = banks
    for other in banks.indices.reversed() where other != index {
      let taken = min(rest, spare(banks[other]))
      rest -= taken
      changed[other] = PhysicalRange(
        start: banks[other].start, size: ByteCount(banks[other].size.bytes - taken))
    }
    guard rest == 0 else { return nil }
    changed[index] = PhysicalRange(
      start: banks[index].start, size: ByteCount(banks[index].size.bytes + bytes))
    return changed.compactMap(\.self)
  }

  /// The least that has to be moved, then as little more as makes the bank end on a round address.
  private func smallest(
    upTo most: UInt64, to index: Int, in banks: [PhysicalRange]
  ) -> Candidate? {
    func candidate(_ bytes: UInt64) -> Candidate? {
      guard bytes > 0, bytes <= most, let split = moved(bytes, to: index, in: banks) else {
        return nil
      }
      let invented = split.flatMap { $0.subtracting(windows) }
      return helps(.split(split, invented: invented))
    }
    guard let widest = candidate(most) else { return nil }
    let step = Self.tidySteps[2]
    let end = banks[index].last.value + 1
    var (refuted, known) = (UInt64(0), most)
    while known - refuted > step {
      let middle = refuted + (known - refuted) / 2
      if candidate(middle) == nil { refuted = middle } else { known = middle }
    }
    for tidy in Self.tidySteps {
      let rounded = ((end + known + tidy - 1) & ~(tidy - 1)) - end
      if rounded - known <= known / 4 + step, let found = candidate(rounded) { return found }
    }
    return candidate(known) ?? widest
  }
}
