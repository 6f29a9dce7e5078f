// SPDX-License-Identifier: Apache-2.0
package import Quantities
import Transcripts

/// The device tree as the guest's kernel has it: /proc/device-tree.
package struct GuestDeviceTree: Hashable, Sendable {
  /// The banks of all memory nodes, each with the node that it came from.
  package let banks: [Fact<PhysicalRange>]

  init(_ record: GuestRecord) {
    // What the kernel takes where a root says nothing (include/linux/of.h).
    var cells = (address: 1, size: 1)
    var banks: [Fact<PhysicalRange>] = []
    for line in record.lines {
      let fields = line.text.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 3, let bytes = Self.bytes(fields[2]) else { continue }
      switch (fields[0], fields[1]) {
      case ("/", "#address-cells"):
        cells.address = Self.number(bytes[...]).flatMap(Int.init(exactly:)) ?? 0
      case ("/", "#size-cells"):
        cells.size = Self.number(bytes[...]).flatMap(Int.init(exactly:)) ?? 0
      case (let path, "reg") where path == "/memory" || path.hasPrefix("/memory@"):
        banks += Self.ranges(bytes, cells).map { Fact($0, Evidence(record, line)) }
      default:
        break
      }
    }
    self.banks = banks
  }

  /// Pairs of address and size; nothing where the cells do not divide the bytes.
  private static func ranges(_ bytes: [UInt8], _ cells: (address: Int, size: Int))
    -> [PhysicalRange]
  {
    guard (1...2).contains(cells.address), (1...2).contains(cells.size) else { return [] }
    let stride = (cells.address + cells.size) * 4
    guard bytes.count % stride == 0 else { return [] }
    return Swift.stride(from: 0, to: bytes.count, by: stride).compactMap { offset in
      let middle = offset + cells.address * 4
      guard let start = number(bytes[offset..<middle]),
        let size = number(bytes[middle..<(offset + stride)])
      else { return nil }
      return PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    bytes.count <= 8 ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
  }

  private static func bytes(_ hexadecimal: Substring) -> [UInt8]? {
    let digits = Array(hexadecimal.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard
        let byte = UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
