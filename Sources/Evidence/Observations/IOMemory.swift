// SPDX-License-Identifier: Apache-2.0
package import Quantities
import Transcripts

/// /proc/iomem: where the kernel says that RAM is, and what in it is taken.
package struct IOMemory: Hashable, Sendable {
  /// `System RAM`, in the order of addresses.
  package let systemRAM: [Fact<PhysicalRange>]
  /// `reserved`, inside System RAM: a CMA pool is in one of these, merged with its neighbours.
  package let reserved: [Fact<PhysicalRange>]
  /// RAM that the kernel was told not to map: on arm64 it is `reserved` beside System RAM
  /// (arch/arm64/kernel/setup.c, request_standard_resources), on 32-bit ARM the early allocator's
  /// list has it, and this one does not.
  package let unmapped: [Fact<PhysicalRange>]
  /// `Crash kernel`: what `crashkernel=` got, by address.
  package let crashKernel: [Fact<PhysicalRange>]

  /// - Parameter memory: the early allocator's list, where the guest has it.
  init(_ record: GuestRecord, memory: MemblockList?) {
    var systemRAM: [Fact<PhysicalRange>] = []
    var reserved: [Fact<PhysicalRange>] = []
    var unmapped: [Fact<PhysicalRange>] = []
    var crashKernel: [Fact<PhysicalRange>] = []
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
      case "Crash kernel": crashKernel.append(fact)
      default: break
      }
    }
    self.systemRAM = systemRAM
    self.reserved = reserved
    self.crashKernel = crashKernel
    // Of such RAM the early allocator's list has an entry of its own.
    let listed = (systemRAM + unmapped).map(\.value)
    let unlisted = (memory?.ranges ?? []).filter { range in
      !listed.contains { $0.overlaps(range.value) }
    }
    self.unmapped = unmapped + unlisted
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
