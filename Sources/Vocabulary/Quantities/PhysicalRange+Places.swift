// SPDX-License-Identifier: Apache-2.0

extension [PhysicalRange] {
  /// Where something goes that has to lie in one of these ranges: the first place, by address, of
  /// which nothing is taken.
  ///
  /// - Parameters:
  ///   - size: of what goes there; more than 0 bytes.
  ///   - alignment: of the place.
  ///   - offset: from the aligned address to what goes there; what lies between has to be free, too.
  ///   - taken: in any order; may overlap.
  /// - Returns: without the offset's bytes; nil where there is no such place.
  package func firstPlace(
    of size: ByteCount, alignedTo alignment: Alignment, offset: UInt64 = 0,
    clearOf taken: [PhysicalRange]
  ) -> PhysicalRange? {
    for hole in sorted().flatMap({ $0.subtracting(taken) }) {
      let (length, overflow) = size.bytes.addingReportingOverflow(offset)
      guard !overflow, let base = alignment.up(hole.start.value),
        let needed = PhysicalRange(start: PhysicalAddress(base), size: ByteCount(length)),
        hole.contains(needed)
      else { continue }
      return PhysicalRange(start: PhysicalAddress(base + offset), size: size)
    }
    return nil
  }
}
