// SPDX-License-Identifier: Apache-2.0
package import Quantities
import Transcripts

/// /proc/iomem: where the kernel says that RAM is, and what in it is taken.
package struct IOMemory: Hashable, Sendable {
  /// `System RAM`, in the order of addresses.
  package let systemRAM: [Fact<PhysicalRange>]
  /// `reserved`, inside System RAM: a CMA pool is in one of these, merged with its neighbours.
  package let reserved: [Fact<PhysicalRange>]
  /// `reserved` beside System RAM: RAM that the kernel was told not to map
  /// (arch/arm64/kernel/setup.c, request_standard_resources).
  package let unmapped: [Fact<PhysicalRange>]

  init(_ record: GuestRecord) {
    var systemRAM: [Fact<PhysicalRange>] = []
    var reserved: [Fact<PhysicalRange>] = []
    var unmapped: [Fact<PhysicalRange>] = []
    for line in record.lines {
      // "  34800000-efffffff : reserved"
      let fields = line.text.drop { $0 == " " }.split(separator: " ", maxSplits: 2)
      guard fields.count == 3, fields[1] == ":",
        let range = PhysicalRange(hexadecimal: fields[0], separator: "-")
      else { continue }
      let fact = Fact(range, Evidence(record, line))
      switch fields[2] {
      case "System RAM": systemRAM.append(fact)
      case "reserved" where line.text.first == " ": reserved.append(fact)
      case "reserved": unmapped.append(fact)
      default: break
      }
    }
    self.systemRAM = systemRAM
    self.reserved = reserved
    self.unmapped = unmapped
  }
}

extension PhysicalRange {
  /// `34800000-efffffff`, `0x34800000..0xefffffff`: both ends hexadecimal and inclusive.
  init?(hexadecimal text: Substring, separator: String) {
    guard let middle = text.firstRange(of: separator) else { return nil }
    let ends = [text[..<middle.lowerBound], text[middle.upperBound...]].map { end in
      UInt64(end.hasPrefix("0x") ? end.dropFirst(2) : end, radix: 16)
    }
    guard let start = ends[0], let last = ends[1] else { return nil }
    self.init(start: PhysicalAddress(start), last: PhysicalAddress(last))
  }
}
