// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Walks stage-2 tables as the hardware does, from their bytes alone: Arm Architecture Reference
/// Manual (DDI 0487), D8.3, for a 4 KiB granule and 39 bits of input from level 1.
struct TableWalker {
  struct Leaf: Hashable {
    /// What the descriptor maps: as much as its level says.
    let guest: Range<UInt64>
    let machine: UInt64
    let attributes: UInt64
  }

  enum Fault: Error, Hashable {
    case tableOutside(UInt64)
    case reserved(descriptor: UInt64, level: Int)
  }

  let base: UInt64
  let bytes: [UInt8]

  /// The leaf that maps an address; nil where nothing does.
  func leaf(at guest: UInt64) throws(Fault) -> Leaf? {
    var table = base
    for level in 1...3 {
      let shift = UInt64(12 + 9 * (3 - level))
      let index = guest >> shift & 511
      let descriptor = try entry(table, index)
      guard descriptor & 1 == 1 else { return nil }
      let size: UInt64 = 1 << shift
      let isTableOrPage = descriptor & 2 == 2
      if level < 3, isTableOrPage {
        table = descriptor & 0xffff_ffff_f000
        continue
      }
      let output = descriptor & 0xffff_ffff_f000
      guard level < 3 || isTableOrPage, output & (size - 1) == 0 else {
        throw .reserved(descriptor: descriptor, level: level)
      }
      let start = guest & ~(size - 1)
      return Leaf(
        guest: start..<(start + size), machine: output,
        attributes: descriptor & ~0xffff_ffff_f000 & ~0b11)
    }
    return nil
  }

  /// All that is mapped, in the order of addresses.
  func leaves() throws(Fault) -> [Leaf] {
    var leaves: [Leaf] = []
    try collect(table: base, level: 1, guest: 0, into: &leaves)
    return leaves
  }

  private func collect(
    table: UInt64, level: Int, guest: UInt64, into leaves: inout [Leaf]
  ) throws(Fault) {
    let size: UInt64 = 1 << UInt64(12 + 9 * (3 - level))
    for index in 0..<UInt64(512) {
      let descriptor = try entry(table, index)
      guard descriptor & 1 == 1 else { continue }
      let start = guest + index * size
      if level < 3, descriptor & 2 == 2 {
        try collect(
          table: descriptor & 0xffff_ffff_f000, level: level + 1, guest: start, into: &leaves)
      } else if let leaf = try leaf(at: start) {
        leaves.append(leaf)
      }
    }
  }

  private func entry(_ table: UInt64, _ index: UInt64) throws(Fault) -> UInt64 {
    guard table >= base, table & 0xfff == 0, table - base + 0x1000 <= UInt64(bytes.count) else {
      throw .tableOutside(table)
    }
    let offset = Int(table - base + index * 8)
    var word: UInt64 = 0
    for byte in (0..<8).reversed() { word = word << 8 | UInt64(bytes[offset + byte]) }
    return word
  }
}
