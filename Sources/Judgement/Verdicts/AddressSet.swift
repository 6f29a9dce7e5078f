// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A set of addresses: ranges by address, none of which touches the next.
struct AddressSet: Hashable, Sendable {
  let ranges: [PhysicalRange]

  init(_ ranges: [PhysicalRange] = []) {
    var joined: [PhysicalRange] = []
    for range in ranges.sorted() {
      // A range that begins at 0 never touches one before it.
      let before = range.start.value == 0 ? 0 : range.start.value - 1
      guard let last = joined.last, last.last.value >= before,
        let both = PhysicalRange(start: last.start, last: max(last.last, range.last))
      else {
        joined.append(range)
        continue
      }
      joined[joined.count - 1] = both
    }
    self.ranges = joined
  }

  var isEmpty: Bool { ranges.isEmpty }

  func union(_ other: AddressSet) -> AddressSet { AddressSet(ranges + other.ranges) }

  func intersection(_ other: AddressSet) -> AddressSet {
    AddressSet(ranges.flatMap { range in other.ranges.compactMap { $0.intersection(range) } })
  }

  func subtracting(_ other: AddressSet) -> AddressSet {
    AddressSet(ranges.flatMap { $0.subtracting(other.ranges) })
  }

  func isSuperset(of other: AddressSet) -> Bool {
    other.ranges.allSatisfy { range in ranges.contains { $0.contains(range) } }
  }

  func contains(_ range: PhysicalRange) -> Bool { ranges.contains { $0.contains(range) } }

  /// Each range with what lies in the same pages.
  func wholePages(of pageSize: ByteCount) -> AddressSet {
    guard let page = Alignment(pageSize.bytes) else { return self }
    return AddressSet(
      ranges.map { range in
        PhysicalRange(
          start: PhysicalAddress(page.down(range.start.value)),
          last: PhysicalAddress(range.last.value | (page.bytes - 1))) ?? range
      })
  }
}
