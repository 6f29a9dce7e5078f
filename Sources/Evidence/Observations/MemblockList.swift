// SPDX-License-Identifier: Apache-2.0
package import Quantities
import Transcripts

/// /sys/kernel/debug/memblock/memory or …/reserved: the early allocator's own list.
package struct MemblockList: Hashable, Sendable {
  package let ranges: [Fact<PhysicalRange>]
  /// The width of the kernel's physical addresses, to which it pads them (`%pa`): 32 or 64. Nil of
  /// an empty list.
  package let addressBits: Int?

  init(_ record: GuestRecord) {
    addressBits =
      record.lines.lazy.compactMap { line in
        line.text.firstRange(of: "..0x").map { prefix in
          line.text[prefix.upperBound...].prefix(while: \.isHexDigit).count * 4
        }
      }.first
    ranges = record.lines.compactMap { line in
      // "   0: 0x0000000000000000..0x00000000efffffff", flags behind it on later lines
      let fields = line.text.split(separator: " ")
      guard fields.count >= 2, fields[0].hasSuffix(":"),
        let range = PhysicalRange(hexadecimal: fields[1], separator: "..")
      else { return nil }
      return Fact(range, Evidence(record, line))
    }
  }
}
