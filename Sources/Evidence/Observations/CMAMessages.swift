// SPDX-License-Identifier: Apache-2.0

package import KernelConsole
package import Quantities

/// What the kernel's boot log says of pools and reserved memory.
package struct CMAMessages: Hashable, Sendable {
  /// A pool that the log says was reserved.
  package struct Reserved: Hashable, Sendable {
    /// As printed: truncated to whole MiB.
    package let wholeMebibytes: UInt64
    /// Nil on lines that name a number of ranges in its place.
    package let base: PhysicalAddress?
  }

  /// A region that became what its `compatible` says.
  package struct Initialized: Hashable, Sendable {
    package let node: String
    /// Of the line `created … memory pool` before it; nil for another kind of region.
    package let base: PhysicalAddress?
    package let wholeMebibytes: UInt64?
    /// Whether it is a CMA pool, and not one of the DMA API's coherent ones.
    package let isCMA: Bool
  }

  /// A complaint that the kernel made.
  package struct Complaint: Hashable, Sendable {
    package let kind: KernelComplaint
    /// The node or pool that the message names.
    package let subject: String?
    /// Every text that the message has for a `*`.
    package let operands: [String]
    package let evidence: Evidence
  }

  /// mm/cma.c, cma_declare_contiguous_nid: `cma: Reserved %ld MiB at %pa[ on node %d]`.
  package private(set) var reserved: [Fact<Reserved>] = []
  /// mm/cma.c: `cma: Failed to reserve %ld MiB[ on node %d]`; the MiB that were asked for.
  package private(set) var failed: [Fact<UInt64>] = []
  /// mm/page_alloc.c, mem_init_print_info: `Memory: … K cma-reserved)`.
  package private(set) var reservedByMemoryLine: Fact<ByteCount>?
  /// drivers/of/of_reserved_mem.c: `initialized node %s, compatible id %s`.
  package private(set) var initialized: [Fact<Initialized>] = []
  /// What the kernel refused or changed, in the order of the log.
  package private(set) var complaints: [Complaint] = []
  /// Messages about CMA or reserved memory that nothing here understands.
  package private(set) var unknown: [Evidence] = []
  /// Every message about CMA or reserved memory, understood or not, in the order of the log.
  package private(set) var all: [Evidence] = []

  /// The first message that was not read, where there are more than ``limit``.
  package private(set) var omitted: Evidence?

  /// How many messages are read: a guest that has trouble may repeat the same one without an end.
  package static let limit = 10_000

  /// Good news, and debugging.
  private static let harmless: [MessagePattern] = [
    "*..* (* KiB) map *", "*..* (* KiB) nomap *", "No reserved-memory node in the DT",
    "number of available pages: *", "reserved region for node '*': base *, size * MiB",
    "allocated memory for '*' node: base *, size * MiB", "cma_declare_contiguous_nid(*)",
    "Reserving * of memory at * for elfcorehdr",
  ]

  init(_ log: KernelLog) {
    /// The pool that `initialized node` is about.
    var created: (isCMA: Bool, base: PhysicalAddress?, wholeMebibytes: UInt64?)?
    var previous: String?
    for message in log.messages where !message.isEcho {
      defer { previous = message.text }
      if message.text.hasPrefix("Memory: ") {
        reservedByMemoryLine = Self.cmaReserved(message.text.split(separator: " "))
          .map { Fact($0, message.evidence) }
      }
      guard let text = MemoryMessage(message.text, after: previous) else { continue }
      guard all.count < Self.limit else {
        omitted = message.evidence
        return
      }
      all.append(message.evidence)
      if let pool = Self.created(text) {
        created = pool
      } else if let words = text.captures(of: "initialized node *, compatible id *") {
        let region = Initialized(
          node: String(words[0]), base: created?.base, wholeMebibytes: created?.wholeMebibytes,
          isCMA: created?.isCMA ?? false)
        initialized.append(Fact(region, message.evidence))
        created = nil
      } else if let pool = Self.reserved(text) {
        reserved.append(Fact(pool, message.evidence))
      } else if let complaint = Self.complaint(text, message.evidence) {
        complaints.append(complaint)
        if let size = text.captures(of: "Failed to reserve * MiB*").flatMap({ UInt64($0[0]) }) {
          failed.append(Fact(size, message.evidence))
        }
      } else if !Self.harmless.contains(where: { text.captures(of: $0) != nil }) {
        unknown.append(message.evidence)
      }
    }
  }

  private static func complaint(_ text: MemoryMessage, _ evidence: Evidence) -> Complaint? {
    KernelComplaint.Said(text).map {
      Complaint(kind: $0.kind, subject: $0.subject, operands: $0.operands, evidence: evidence)
    }
  }

  private static func created(
    _ text: MemoryMessage
  ) -> (isCMA: Bool, base: PhysicalAddress?, wholeMebibytes: UInt64?)? {
    // Coherent pools are told in KiB since 7.3.
    let forms: [(pattern: MessagePattern, perMebibyte: UInt64)] = [
      ("created * memory pool at *, size * MiB", 1),
      ("created * memory pool at *, size * KiB", 1024),
    ]
    for form in forms {
      if let words = text.captures(of: form.pattern), ["CMA", "DMA"].contains(words[0]) {
        let base = try? PhysicalAddress(parsing: words[1])
        return (words[0] == "CMA", base, UInt64(words[2]).map { $0 / form.perMebibyte })
      }
    }
    return nil
  }

  /// `Reserved N MiB at BASE[ on node N]`, or, of several ranges, `Reserved N MiB in N ranges`.
  private static func reserved(_ text: MemoryMessage) -> Reserved? {
    if let words = text.captures(of: "Reserved * MiB at *"), let count = UInt64(words[0]) {
      let base = words[1].split(separator: " ").first.flatMap {
        try? PhysicalAddress(parsing: $0)
      }
      return Reserved(wholeMebibytes: count, base: base)
    }
    guard let words = text.captures(of: "Reserved * MiB in * range*"), let count = UInt64(words[0])
    else { return nil }
    return Reserved(wholeMebibytes: count, base: nil)
  }

  /// … N"K" "cma-reserved)"
  private static func cmaReserved(_ words: [Substring]) -> ByteCount? {
    guard let index = words.firstIndex(where: { $0.hasPrefix("cma-reserved") }), index > 0 else {
      return nil
    }
    return try? ByteCount(parsing: words[index - 1])
  }
}
