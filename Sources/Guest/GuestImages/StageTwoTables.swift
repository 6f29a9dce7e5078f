// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// Stage-2 translation tables for a 39-bit guest-physical space with a 4 KiB granule: level 1 at
/// the root, blocks of 1 GiB and 2 MiB, pages of 4 KiB where a bank does not fill a block.
///
/// Arm Architecture Reference Manual (DDI 0487), D8.3 "Translation table descriptor formats".
package struct StageTwoTables: Hashable, Sendable {
  /// What kind of memory a range is.
  package enum Memory: Hashable, Sendable {
    case ram
    case device
  }

  /// Bits of a guest-physical address.
  static let addressBits = 39
  private static let entriesPerTable = 512
  private static let bytesPerTable: UInt64 = 4096
  /// Address bits that a table of each level resolves, from level 1 down.
  private static let shifts: [UInt64] = [30, 21, 12]

  /// The machine address of the first table.
  package let base: PhysicalAddress
  private let limit: Int
  private var tables: [[UInt64]]

  /// - Parameters:
  ///   - base: where the tables will lie, 4 KiB aligned.
  ///   - limit: how many tables there is room for.
  package init(base: PhysicalAddress, limit: Int) {
    self.base = base
    self.limit = limit
    tables = [Array(repeating: 0, count: Self.entriesPerTable)]
  }

  /// Maps guest-physical `range` to the machine's memory at `machineStart`, both page-aligned.
  ///
  /// - Throws: ``GuestImageError`` where the range is past the guest's address space, or there is no
  ///   room for another table.
  package mutating func map(
    _ range: PhysicalRange, to machineStart: PhysicalAddress, as memory: Memory
  ) throws(GuestImageError) {
    guard range.last.value >> UInt64(Self.addressBits) == 0 else { throw .outOfReach(range) }
    var guest = range.start.value
    var machine = machineStart.value
    var remaining = range.size.bytes
    while remaining > 0 {
      let level = Self.shifts.firstIndex { shift in
        let size: UInt64 = 1 << shift
        return (guest | machine) & (size - 1) == 0 && remaining >= size
      }
      // Page-aligned ranges always fit level 3.
      let leaf = level ?? Self.shifts.count - 1
      try set(Self.descriptor(machine, memory, isPage: leaf == 2), for: guest, at: leaf)
      let size: UInt64 = 1 << Self.shifts[leaf]
      guest += size
      machine += size
      remaining -= min(size, remaining)
    }
  }

  private mutating func set(
    _ descriptor: UInt64, for guest: UInt64, at leaf: Int
  ) throws(GuestImageError) {
    var table = 0
    for level in 0..<leaf {
      let index = Self.index(guest, level)
      let next = tables[table][index]
      if next == 0 {
        guard tables.count < limit else { throw .tooManyTables(limit: limit) }
        tables.append(Array(repeating: 0, count: Self.entriesPerTable))
        // Bits 1:0 = 0b11, a table descriptor.
        tables[table][index] =
          (base.value + UInt64(tables.count - 1) * Self.bytesPerTable) | 0b11
        table = tables.count - 1
      } else {
        table = Int((next & ~0xfff) - base.value) / Int(Self.bytesPerTable)
      }
    }
    tables[table][Self.index(guest, leaf)] = descriptor
  }

  private static func index(_ guest: UInt64, _ level: Int) -> Int {
    Int(guest >> shifts[level]) & (entriesPerTable - 1)
  }

  /// A leaf: MemAttr bits 5:2, S2AP 7:6, SH 9:8, AF 10, XN 54; bit 1 tells a page from a block.
  private static func descriptor(_ machine: UInt64, _ memory: Memory, isPage: Bool) -> UInt64 {
    let readWrite: UInt64 = 0b11 << 6
    let accessFlag: UInt64 = 1 << 10
    let attributes: UInt64 =
      switch memory {
      // Normal, write-back both inner and outer; inner shareable.
      case .ram: 0b1111 << 2 | 0b11 << 8
      // Device-nGnRE, never executed.
      case .device: 0b0001 << 2 | 1 << 54
      }
    return machine | attributes | readWrite | accessFlag | (isPage ? 0b11 : 0b01)
  }

  /// The tables one after the other, as they are to lie from ``base`` on.
  package var bytes: [UInt8] {
    tables.flatMap {
      $0.flatMap { entry in (0..<8).map { UInt8(truncatingIfNeeded: entry >> ($0 * 8)) } }
    }
  }
}
