// SPDX-License-Identifier: Apache-2.0

package import Quantities

extension PhysicalRange {
  /// What is left of the range once every one of `others` is taken away, sorted by start.
  ///
  /// Exact to the byte. `others` come in any order and may overlap.
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

  /// `start ..< end`; nil where that is empty.
  private init?(from start: PhysicalAddress, upTo end: PhysicalAddress) {
    guard start < end else { return nil }
    self.init(start: start, size: ByteCount(end.value - start.value))
  }
}
