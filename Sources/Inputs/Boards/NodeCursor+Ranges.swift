// SPDX-License-Identifier: Apache-2.0

import Quantities
import YAMLFiles

// Addresses, sizes and the ranges made of them: the part of a board file that has to be right to
// the byte.
extension NodeCursor {
  /// More than any 64-bit number has in any of its spellings (`18446744073709551615`).
  private static let longestNumber = 32

  /// A size that is not zero.
  func size() throws(YAMLFileError) -> ByteCount {
    let size = try number(ByteCount.init(parsing:))
    guard size > .zero else { throw failure("the size is zero: give it at least one page, 4K") }
    return size
  }

  func address() throws(YAMLFileError) -> PhysicalAddress {
    try number(PhysicalAddress.init(parsing:))
  }

  private func number<Value>(
    _ read: (String) throws(QuantityError) -> Value
  ) throws(YAMLFileError) -> Value {
    let text = try word("a number", rule: "bytes, 0x… or K, M and G, as in 3000M") {
      $0.unicodeScalars.count <= Self.longestNumber
        && !$0.unicodeScalars.contains(where: Quotation.isUnprintable)
    }
    do {
      return try read(text)
    } catch {
      throw failure("\(error)")
    }
  }

  /// `base` and `size` of whole pages, inside the guest's address space.
  func pageRange(
    from base: NodeCursor, size: NodeCursor
  ) throws(YAMLFileError) -> PhysicalRange {
    let start = try base.address()
    let bytes = try size.size()
    guard let range = PhysicalRange(start: start, size: bytes) else {
      throw size.failure("\(start) plus \(bytes) wraps past 2^64: lower the base or the size")
    }
    try base.requireAligned(start.value, to: .page4K)
    try size.requireAligned(bytes.bytes, to: .page4K, least: Alignment.page4K.bytes)
    try requireAddressable(range)
    return range
  }

  /// `value` stands at this cursor and is a multiple of `alignment`; the remedy is at least `least`.
  func requireAligned(
    _ value: UInt64, to alignment: Alignment, least: UInt64 = 0
  ) throws(YAMLFileError) {
    guard !alignment.isAligned(value) else { return }
    let multiples = [alignment.down(value), alignment.up(value)].compactMap(\.self)
      .filter { $0 >= least }
      .map { PhysicalAddress($0).description }
    throw failure(
      "\(PhysicalAddress(value)) is not a multiple of \(ByteCount(alignment.bytes)): "
        + "use \(multiples.joined(separator: " or "))")
  }

  /// `range` stands at this cursor and a guest can address all of it.
  func requireAddressable(_ range: PhysicalRange) throws(YAMLFileError) {
    guard range.last >= GuestAddressSpace.end else { return }
    throw failure(
      "\(range) reaches past the guest's \(GuestAddressSpace.bits)-bit address space: "
        + "end it below \(GuestAddressSpace.end)")
  }
}

/// A range and where it stands in the file.
struct PlacedRange {
  let range: PhysicalRange
  let place: NodeCursor
}

extension [PlacedRange] {
  /// Refuses the first range, in the order of the file, that overlaps one before it.
  func requireDisjoint() throws(YAMLFileError) {
    // Once sorted, ranges that overlap at all include two neighbours that do.
    let sorted = indices.sorted { (self[$0].range, $0) < (self[$1].range, $1) }
    let clashes = zip(sorted, sorted.dropFirst())
      .filter { self[$0].range.overlaps(self[$1].range) }
      .map { (later: Swift.max($0, $1), earlier: Swift.min($0, $1)) }
    guard let clash = clashes.min(by: { $0.later < $1.later }) else { return }
    let (later, earlier) = (self[clash.later], self[clash.earlier])
    throw later.place.failure(
      "\(later.range) overlaps \(earlier.place.keyPath), \(earlier.range) "
        + "(line \(earlier.place.line)): move or shorten one of them")
  }
}
