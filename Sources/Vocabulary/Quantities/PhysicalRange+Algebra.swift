// SPDX-License-Identifier: Apache-2.0

// What ranges leave, join and lie apart: exact to the byte, up to the top of the 64-bit space.

extension PhysicalRange {
  /// What is left of the range once every one of `others` is taken away, sorted by start.
  ///
  /// `others` come in any order and may overlap.
  package func subtracting(_ others: [PhysicalRange]) -> [PhysicalRange] {
    var rest: [PhysicalRange] = []
    // The first address not yet decided; nil once the top of the range is covered.
    var next: PhysicalAddress? = start
    for other in others.sorted() where other.overlaps(self) {
      guard let from = next else { break }
      guard other.last >= from else { continue }
      if let gap = PhysicalRange(from: from, upTo: other.start) { rest.append(gap) }
      next = other.last < last ? other.last.advanced(by: ByteCount(1)) : nil
    }
    if let from = next, let tail = PhysicalRange(start: from, last: last) { rest.append(tail) }
    return rest
  }

  /// Both as one where they touch; nil where something lies between them, or they overlap.
  package func joined(to other: PhysicalRange) -> PhysicalRange? {
    if isFollowed(by: other) { return PhysicalRange(start: start, last: other.last) }
    if other.isFollowed(by: self) { return PhysicalRange(start: other.start, last: last) }
    return nil
  }

  /// The bytes between this range and one above it; nil where there are none.
  package func gap(to higher: PhysicalRange) -> ByteCount? {
    guard last < higher.start, !isFollowed(by: higher) else { return nil }
    return ByteCount(higher.start.value - last.value - 1)
  }

  /// Whether `other` begins right behind the last address.
  private func isFollowed(by other: PhysicalRange) -> Bool {
    last.value.addingReportingOverflow(1) == (other.start.value, false)
  }

  /// `start ..< end`; nil where that is empty.
  private init?(from start: PhysicalAddress, upTo end: PhysicalAddress) {
    guard start < end else { return nil }
    self.init(start: start, size: ByteCount(end.value - start.value))
  }
}

extension [PhysicalRange] {
  /// Sorted ranges, those that touch made one.
  package func joiningAdjacent() -> [PhysicalRange] {
    reduce(into: []) { joined, range in
      if let both = joined.last?.joined(to: range) {
        joined[joined.count - 1] = both
      } else {
        joined.append(range)
      }
    }
  }

  /// Sorted, what touches or overlaps made one, as memblock does with RAM (mm/memblock.c,
  /// memblock_add_range).
  package func merged() -> [PhysicalRange] {
    sorted().reduce(into: []) { merged, range in
      guard let before = merged.last, range.start.value <= before.last.value &+ 1 else {
        merged.append(range)
        return
      }
      let last = before.last < range.last ? range.last : before.last
      merged[merged.count - 1] = PhysicalRange(start: before.start, last: last) ?? before
    }
  }
}
