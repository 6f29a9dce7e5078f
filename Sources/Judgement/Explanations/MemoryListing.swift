// SPDX-License-Identifier: Apache-2.0

package import BootLogs
package import Quantities

/// /proc/iomem of a board: where its kernel has RAM, and itself.
package struct MemoryListing: Hashable, Sendable {
  package let file: String
  /// By address, adjacent ones joined.
  package let banks: Logged<[PhysicalRange]>
  /// From its code's first byte to its data's last; nil where one is missing.
  package let kernel: Logged<PhysicalRange>?

  /// Reads what `cat /proc/iomem` shows.
  ///
  /// RAM that is not to be mapped is `reserved` beside `System RAM` on arm64
  /// (arch/arm64/kernel/setup.c, request_standard_resources), and not listed on 32-bit ARM.
  ///
  /// - Throws: `MemoryListingFault` for one without RAM, and for one that hides its addresses.
  package init(file: String, text: String) throws(MemoryListingFault) {
    self.file = file
    var ram: [(range: PhysicalRange, line: LogLine)] = []
    var parts: [Substring: (range: PhysicalRange, line: LogLine)] = [:]
    var isHidden = false
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      guard let entry = Entry(line) else { continue }
      let logged = LogLine(number: index + 1, text: String(line.prefix(200)))
      switch (entry.name, entry.isTop) {
      case ("System RAM", true), ("reserved", true):
        if entry.first == 0, entry.last == 0 { isHidden = true }
        if let range = entry.range { ram.append((range, logged)) }
      case ("Kernel code", false), ("Kernel data", false):
        if let range = entry.range { parts[entry.name] = (range, logged) }
      default: break
      }
    }
    guard !isHidden else { throw .hidden(file) }
    let ranges = ram.map(\.range)
    guard let banks = ranges.joined else { throw .noMemory(file) }
    self.banks = Logged(banks, ram.map(\.line))
    if let code = parts["Kernel code"], let data = parts["Kernel data"],
      let range = PhysicalRange(start: code.range.start, last: data.range.last)
    {
      kernel = Logged(range, [code.line, data.line])
    } else {
      kernel = nil
    }
  }

  /// `  40210000-41e8ffff : Kernel code`
  private struct Entry {
    let name: Substring
    let isTop: Bool
    let first: UInt64
    let last: UInt64

    var range: PhysicalRange? {
      first < last
        ? PhysicalRange(start: PhysicalAddress(first), last: PhysicalAddress(last)) : nil
    }

    /// Nil for what is not an entry.
    init?(_ line: Substring) {
      let words = line.drop { $0 == " " }
      guard let colon = words.firstRange(of: " : ") else { return nil }
      let ends = words[..<colon.lowerBound].split(separator: "-")
      guard ends.count == 2, let first = UInt64(ends[0], radix: 16),
        let last = UInt64(ends[1], radix: 16), first <= last
      else { return nil }
      self.first = first
      self.last = last
      isTop = line.first != " "
      name = words[colon.upperBound...]
    }
  }
}

/// Why a file is of no use as /proc/iomem.
package enum MemoryListingFault: Error, Hashable, Sendable, CustomStringConvertible {
  case hidden(String)
  case noMemory(String)

  package var description: String {
    switch self {
    case .hidden(let file):
      "\(file): its addresses are all zero: read /proc/iomem as root (sudo cat /proc/iomem)"
    case .noMemory(let file):
      "\(file): it has no 'System RAM': give what 'cat /proc/iomem' shows"
    }
  }
}
