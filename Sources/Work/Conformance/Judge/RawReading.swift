// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A second reading of a guest's console, which shares no code with Transcripts, Observations and
/// Verdicts: what the kernel's log says of each node, and which bytes the maps leave for it.
///
/// It knows less than the judge does: it proves no checksum and explains nothing.
struct RawReading {
  /// A region as it was asked for.
  struct Wish {
    let node: String
    let bytes: UInt64
    /// Nil where the kernel was to find a place.
    let base: UInt64?
    let isPool: Bool
    let isNoMap: Bool
    let isDefault: Bool
    /// Where it may lie; empty for anywhere.
    let windows: [ClosedRange<UInt64>]
    let alignment: UInt64
  }

  /// What became of a region, and where it lies if that is seen.
  struct Answer: Hashable, CustomStringConvertible {
    enum Fate: String {
      case pool
      case unmapped
      /// Where there is no RAM.
      case outside
      case mapped
      case bypassed
      case refused
    }

    let fate: Fate
    let base: UInt64?

    var description: String {
      fate.rawValue + (base.map { " at 0x" + String($0, radix: 16) } ?? "")
    }
  }

  private let log: [String]
  private let reserved: [ClosedRange<UInt64>]
  private let systemRAM: [ClosedRange<UInt64>]
  private let records: [String: [String]]

  /// - Parameter model: the board's model, as the kernel was given it.
  init(console bytes: [UInt8], model: String?) {
    var records: [String: [String]] = [:]
    var name = ""
    for raw in bytes.split(separator: 0x0a) {
      let line = String(decoding: raw, as: UTF8.self).filter { $0 != "\r" }
      guard line.first == "@" else { continue }
      let words = line.split(separator: " ")
      if line.hasPrefix("@cmalab 1 begin "), words.count > 4 {
        name = String(words[4])
        records[name] = []
      } else if !line.hasPrefix("@cmalab"), let space = line.firstIndex(of: " ") {
        records[name, default: []].append(String(line[line.index(after: space)...]))
      }
    }
    self.records = records
    // `<6>[    0.000000] text`
    let messages = (records["kernel-log"] ?? []).map { line in
      guard let end = line.firstIndex(of: "]") else { return line }
      return String(line[line.index(after: end)...].drop { $0 == " " })
    }
    log = Self.without(model ?? "", messages)
    // `   0: 0x…..0x…    0 NONE`; ranges that touch may be listed apart, by node or flags.
    var reserved: [ClosedRange<UInt64>] = []
    for line in records["memblock-reserved"] ?? [] {
      let words = line.split(separator: " ")
      guard words.count > 1, let range = Self.range(words[1], "..") else { continue }
      if let last = reserved.last, last.upperBound + 1 == range.lowerBound {
        reserved[reserved.count - 1] = last.lowerBound...range.upperBound
      } else {
        reserved.append(range)
      }
    }
    self.reserved = reserved
    systemRAM = (records["iomem"] ?? []).compactMap { line in
      line.hasSuffix(" : System RAM") ? Self.range(line.split(separator: " ")[0], "-") : nil
    }
  }

  /// The messages but for the one that repeats the model, and the further lines of a model that has
  /// several: the kernel puts its prefix before each, so that they look like messages of their own.
  private static func without(_ model: String, _ messages: [String]) -> [String] {
    let lines = model.split(separator: "\n", omittingEmptySubsequences: false)
    let first = "Machine model: \(lines[0])"
    guard let echo = messages.firstIndex(where: { $0.hasSuffix(first) }) else { return messages }
    var rest = messages
    for line in lines.dropFirst() {
      guard echo + 1 < rest.count, rest[echo + 1] == line else { break }
      rest.remove(at: echo + 1)
    }
    rest.remove(at: echo)
    return rest
  }

  /// Every region's answer, by node.
  func answers(to wishes: [Wish], banks: [ClosedRange<UInt64>]) -> [String: Answer] {
    var answers: [String: Answer] = [:]
    for wish in wishes { answers[wish.node] = answer(to: wish, banks) }
    return answers
  }

  private func answer(to wish: Wish, _ banks: [ClosedRange<UInt64>]) -> Answer {
    let quoted = "'\(wish.node)'"
    let ours = log.filter { $0.hasPrefix("OF: ") || $0.hasPrefix("Reserved memory: ") }
    func says(_ words: String) -> Bool { ours.contains { $0.contains(words) } }
    if says("bypass \(wish.node) node, using cmdline"),
      says("node \(wish.node) compatible matching fail")
    {
      return Answer(fate: .bypassed, base: nil)
    }
    if wish.isDefault, wish.isPool,
      log.contains(where: { $0.contains("Skipping dt linux,cma-default ") })
    {
      return Answer(fate: .bypassed, base: nil)
    }
    let isRefused =
      says("failed to allocate memory for node \(quoted)")
      || says("node \(wish.node) compatible matching fail")
      || says("failed to reserve memory for node \(quoted)") && !wish.isPool
      || log.contains("cma: CMA area \(wish.node) could not be activated")
    if isRefused { return Answer(fate: .refused, base: nil) }
    if let place = log.firstIndex(where: {
      $0.hasPrefix("OF: reserved mem: initialized node \(wish.node), compatible id ")
    }), place > 0 {
      let words = log[place - 1].split(whereSeparator: { $0 == " " || $0 == "," })
      if let at = words.firstIndex(of: "at"), at + 1 < words.count,
        let base = Self.number(words[at + 1])
      {
        return log[place - 1].contains("created CMA memory pool")
          ? Answer(fate: .pool, base: base) : kept(wish, at: base, banks)
      }
    }
    if let line = log.first(where: {
      $0.hasPrefix("OF: reserved mem: 0x") && $0.hasSuffix("reusable \(wish.node)")
    }), let range = Self.range(line.split(separator: " ")[3], "..") {
      return kept(wish, at: range.lowerBound, banks)
    }
    // Up to 6.4 what is kept without a driver is kept silently.
    let isSilent = !log.contains { $0.hasPrefix("OF: reserved mem: 0x") } && !wish.isPool
    return isSilent && wish.bytes > 0
      ? kept(wish, at: wish.base, banks) : Answer(fate: .refused, base: nil)
  }

  private func kept(_ wish: Wish, at base: UInt64?, _ banks: [ClosedRange<UInt64>]) -> Answer {
    guard wish.isNoMap else { return Answer(fate: .mapped, base: base) }
    if let base, base &+ wish.bytes > base {
      let range = base...(base + wish.bytes - 1)
      if !banks.contains(where: { $0.overlaps(range) }) {
        return Answer(fate: .outside, base: base)
      }
    }
    return Answer(fate: .unmapped, base: base)
  }

  // MARK: Bytes

  /// What the maps have against these answers, one phrase each: a byte with two owners, one that is
  /// mapped and should not be, RAM that nobody has.
  func faults(
    of answers: [String: Answer], to wishes: [Wish], banks: [ClosedRange<UInt64>]
  ) -> [String] {
    var faults: [String] = []
    var owned: [(node: String, range: ClosedRange<UInt64>, isUnmapped: Bool)] = []
    var floatingBytes: UInt64 = 0
    for wish in wishes {
      guard let answer = answers[wish.node],
        [.pool, .unmapped, .mapped].contains(answer.fate), wish.bytes > 0
      else { continue }
      guard let base = answer.base else {
        if answer.fate == .unmapped { floatingBytes += (wish.bytes + 4095) & ~4095 }
        continue
      }
      owned.append((wish.node, base...(base + wish.bytes - 1), answer.fate == .unmapped))
    }
    for (index, one) in owned.enumerated() {
      for other in owned[..<index] where other.range.overlaps(one.range) {
        faults.append("\(one.node) and \(other.node) share bytes")
      }
      let isReserved = reserved.contains {
        $0.contains(one.range.lowerBound) && $0.contains(one.range.upperBound)
      }
      if !one.isUnmapped, !reserved.isEmpty, !isReserved {
        faults.append("\(one.node) is not reserved")
      }
      for ram in systemRAM where one.isUnmapped && ram.overlaps(one.range) {
        faults.append("\(one.node) is System RAM")
      }
    }
    // Page by page would be slow: the holes' size against the owners'.
    let ram = banks.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 }
    let seen = systemRAM.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 }
    let unmapped = owned.filter(\.isUnmapped).reduce(into: floatingBytes) { sum, one in
      let pages = one.range.upperBound / 4096 - one.range.lowerBound / 4096 + 1
      sum += pages * 4096
    }
    if faults.isEmpty, ram - min(seen, ram) > unmapped + 8192 {
      faults.append("\(ram - seen) bytes of RAM are missing, and \(unmapped) are owned")
    }
    return faults
  }

  /// CmaTotal in KiB; nil where there is none.
  var totalKibibytes: UInt64? {
    (records["meminfo"] ?? []).first { $0.hasPrefix("CmaTotal:") }
      .flatMap { UInt64($0.split(separator: " ")[1]) }
  }

  private static func number(_ text: Substring) -> UInt64? {
    UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text, radix: 16)
  }

  private static func range(_ text: Substring, _ separator: String) -> ClosedRange<UInt64>? {
    guard let middle = text.firstRange(of: separator),
      let start = number(text[..<middle.lowerBound]),
      let end = number(text[middle.upperBound...]), start <= end
    else { return nil }
    return start...end
  }
}
