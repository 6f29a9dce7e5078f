// SPDX-License-Identifier: Apache-2.0
import KernelConsole
package import Quantities
import Transcripts

/// How a guest that was booted with `memblock=debug` came to its memory, in the kernel's order.
///
/// Read from the console itself: a kernel that maps its RAM page by page says more than its ring
/// buffer can hold.
package struct MemoryTrace: Hashable, Sendable, Codable {
  /// What happened to a range of early memory, or what the kernel said of it.
  package struct Step: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
      /// memblock_add, memblock_remove: RAM came or went.
      case added, removed
      /// memblock_reserve: RAM was taken.
      case reserved
      /// memblock_phys_free: RAM was given back.
      case freed
      /// A message on regions, pools or zones.
      case message
    }

    package let kind: Kind
    /// Seconds of the guest's clock; early in the boot it stands at 0.
    package let seconds: Double?
    /// Nil for a message.
    package var range: PhysicalRange?
    /// The function that asked for it, without its offset; empty for a message.
    package let caller: String
    /// The kernel's words; for a range, those of the first of ``count``.
    package let text: String
    /// How many calls of the same function this stands for, each beside the last one.
    package var count: Int
    /// The line of the console log, counted from 1.
    package let line: Int
  }

  /// An entry of the kernel's `cma_areas[]`, as its debugfs shows it.
  package struct Area: Hashable, Sendable, Codable {
    package let name: String
    /// The number of its first page frame, and how many it has.
    package let basePFN: UInt64
    package let count: UInt64
    /// A bit of its bitmap stands for 2 to this power of pages.
    package let orderPerBit: UInt64?
    package let usedPages: UInt64?
  }

  package let steps: [Step]
  package let areas: [Area]
  /// The rows of /proc/pagetypeinfo on pageblocks: what the buddy allocator was handed.
  package let pageblocks: [String]

  /// Nil for a guest that was not booted with `memblock=debug`.
  init?(_ transcript: Transcript) {
    let steps = Self.steps(of: transcript.console)
    guard steps.contains(where: { $0.kind == .reserved }) else { return nil }
    self.steps = steps
    areas = transcript.record("cma-debugfs").map(Self.areas) ?? []
    let rows = transcript.record("pagetypeinfo")?.lines.map(\.text) ?? []
    pageblocks = Array(rows.drop { !$0.hasPrefix("Number of blocks type") })
  }

  private static func steps(of console: ConsoleText) -> [Step] {
    var steps: [Step] = []
    /// The function that the next memblock_reserve is made for.
    var allocator: Substring?
    var previous: String?
    var reader = MessageReader()
    for line in console.lines where line.bytes.first == UInt8(ascii: "[") {
      let message = KernelMessage(
        &reader, Evidence(source: "console", line: line.number, text: line.text))
      defer { previous = message.text }
      guard let call = MemblockCall(message.text) else {
        allocator = nil
        guard isTold(message.text, after: previous) else { continue }
        steps.append(
          Step(
            kind: .message, seconds: message.seconds, range: nil, caller: "",
            text: message.text, count: 1, line: line.number))
        continue
      }
      guard let kind = call.kind else {
        allocator = call.caller
        continue
      }
      guard let range = call.range else { continue }
      // memblock allocates by reserving: the message before it says for whom.
      let caller = call.isAllocation ? allocator ?? call.caller : call.caller
      allocator = nil
      append(
        Step(
          kind: kind, seconds: message.seconds, range: range, caller: String(caller),
          text: message.text, count: 1, line: line.number), to: &steps)
    }
    return steps
  }

  /// Page by page, or block by block, becomes one step where they touch.
  private static func append(_ step: Step, to steps: inout [Step]) {
    if let last = steps.last, last.kind == step.kind, last.caller == step.caller,
      let size = step.range?.size, size <= .mebibytes(2),
      let joined = last.range.flatMap({ before in step.range.flatMap { before.joined(to: $0) } })
    {
      steps[steps.count - 1].range = joined
      steps[steps.count - 1].count += 1
    } else {
      steps.append(step)
    }
  }

  /// Whether a message belongs to the story: pools, regions, zones, and what takes memory by name.
  private static func isTold(_ text: String, after previous: String?) -> Bool {
    MemoryMessage(text, after: previous) != nil || beginnings.contains { text.hasPrefix($0) }
  }

  private static let beginnings = [
    "Zone ranges:", "DMA ", "DMA32 ", "Normal ", "HighMem ", "Movable ",
    "Early memory node ranges", "node ", "software IO TLB:", "Memory: ", "DMA: preallocated",
    "crashkernel reserved", "crashkernel low memory reserved",
    "crashkernel size resulted", "Reserving ",
  ]

  private static func areas(_ record: GuestRecord) -> [Area] {
    let tree = ValueTree(record)
    let suffix = "/base_pfn"
    return tree.values.keys.sorted().compactMap { path in
      guard path.hasSuffix(suffix), !path.contains("/ranges/"), let base = tree.number(path)
      else { return nil }
      let name = String(path.dropLast(suffix.count))
      guard let count = tree.number("\(name)/count") else { return nil }
      return Area(
        name: name, basePFN: base, count: count, orderPerBit: tree.number("\(name)/order_per_bit"),
        usedPages: tree.number("\(name)/used"))
    }
  }
}

/// A message of mm/memblock.c under `memblock=debug`:
///
///     memblock_reserve: [0x…-0x…] CALLER+0x…/0x…
///     __memblock_reserve: [0x…-0x…] nid=-1 flags=0 CALLER+0x…/0x…      since 6.18
///     memblock_alloc_try_nid: 4096 bytes align=0x… nid=… from=0x… max_addr=0x… CALLER+0x…/0x…
private struct MemblockCall {
  /// Nil for the announcement of an allocation.
  let kind: MemoryTrace.Step.Kind?
  /// Nil for an announcement, and for a range that is none: an arm64 kernel removes what lies
  /// beyond its addresses, which may be nothing.
  let range: PhysicalRange?
  let caller: Substring
  var isAllocation: Bool { caller == "memblock_alloc_range_nid" }

  init?(_ text: String) {
    // Most messages are about something else, and are not taken apart.
    guard text.drop(while: { $0 == " " || $0 == "_" }).hasPrefix("memblock_") else { return nil }
    let words = text.split(separator: " ")
    guard let first = words.first, first.hasSuffix(":"), let last = words.last,
      let end = last.firstIndex(of: "+")
    else { return nil }
    caller = last[..<end]
    let name = first.dropLast().drop { $0 == "_" }
    if name.hasPrefix("memblock_alloc") || name.hasPrefix("memblock_phys_alloc") {
      (kind, range) = (nil, nil)
      return
    }
    guard let kind = Self.kinds[name], words.count >= 3 else { return nil }
    self.kind = kind
    let ends = words[1].dropFirst().dropLast().split(separator: "-").map(Self.address)
    range =
      if ends.count == 2, let start = ends[0], let last = ends[1] {
        PhysicalRange(start: start, last: last)
      } else {
        nil
      }
  }

  private static let kinds: [Substring: MemoryTrace.Step.Kind] = [
    "memblock_add": .added, "memblock_remove": .removed, "memblock_reserve": .reserved,
    "memblock_phys_free": .freed, "memblock_free": .freed,
  ]

  /// As `%pa` prints it: `0x0000000040000000`.
  private static func address(_ text: Substring) -> PhysicalAddress? {
    guard text.hasPrefix("0x") else { return nil }
    return UInt64(text.dropFirst(2), radix: 16).map(PhysicalAddress.init)
  }
}
