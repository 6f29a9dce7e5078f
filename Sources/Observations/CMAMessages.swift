// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// What the kernel's boot log says of its default pool, and every other word of it on CMA.
package struct CMAMessages: Hashable, Sendable {
  /// A pool that the log says was reserved.
  package struct Reserved: Hashable, Sendable {
    /// As printed: truncated to whole MiB.
    package let wholeMebibytes: UInt64
    /// Nil on lines that name a number of ranges in its place.
    package let base: PhysicalAddress?
  }

  /// mm/cma.c, cma_declare_contiguous_nid: `cma: Reserved %ld MiB at %pa[ on node %d]`.
  package private(set) var reserved: [Fact<Reserved>] = []
  /// mm/cma.c: `cma: Failed to reserve %ld MiB[ on node %d]`; the MiB that were asked for.
  package private(set) var failed: [Fact<UInt64>] = []
  /// mm/page_alloc.c, mem_init_print_info: `Memory: … K cma-reserved)`.
  package private(set) var reservedByMemoryLine: Fact<ByteCount>?
  /// Every message about CMA or reserved memory, understood or not, in the order of the log.
  package private(set) var all: [Evidence] = []

  init(_ log: KernelLog) {
    for message in log.messages {
      let words = message.text.split(separator: " ")
      switch (words.first, words.dropFirst().first) {
      case ("cma:", "Reserved"):
        if let pool = Self.reserved(words) { reserved.append(Fact(pool, message.evidence)) }
        all.append(message.evidence)
      case ("cma:", "Failed"):
        // "cma:" "Failed" "to" "reserve" N "MiB"
        if words.count >= 6, let count = UInt64(words[4]) {
          failed.append(Fact(count, message.evidence))
        }
        all.append(message.evidence)
      case ("Memory:", _):
        reservedByMemoryLine = Self.cmaReserved(words).map { Fact($0, message.evidence) }
      case ("cma:", _), ("OF:", "reserved"), ("OF:", "fdt:"), ("Reserved", "memory:"):
        all.append(message.evidence)
      default:
        break
      }
    }
  }

  /// "cma:" "Reserved" N "MiB" "at" BASE …
  private static func reserved(_ words: [Substring]) -> Reserved? {
    guard words.count >= 6, let count = UInt64(words[2]), words[3] == "MiB" else { return nil }
    return Reserved(
      wholeMebibytes: count,
      base: words[4] == "at" ? try? PhysicalAddress(parsing: words[5]) : nil)
  }

  /// … N"K" "cma-reserved)"
  private static func cmaReserved(_ words: [Substring]) -> ByteCount? {
    guard let index = words.firstIndex(where: { $0.hasPrefix("cma-reserved") }), index > 0 else {
      return nil
    }
    return try? ByteCount(parsing: words[index - 1])
  }
}
