// SPDX-License-Identifier: Apache-2.0
import Quantities

extension BootDraft {
  private static let pools = FormTable(KernelForm.ofPools + KernelForm.ofAllocations)
  private static let others = FormTable(
    KernelForm.ofIdentity + KernelForm.ofMemory + KernelForm.ofRunTime
      + KernelForm.bareRefusals + [KernelForm.ofHugePages])
  private static let commandLineWords = Array("Kernel command line: ".utf8)
  private static let memoryWords = Array("Memory: ".utf8)
  private static let garbledLimit = 16
  private static let unreadLimit = 8

  /// Whether more than the first words of a boot have come.
  var isUnderWay: Bool {
    boot.release != nil || commandLine != nil || boot.memory != nil || !boot.zones.isEmpty
      || !poolEvents.isEmpty
  }

  /// Whether it is a line or two before a kernel starts, of which none tells anything.
  var isRemnant: Bool {
    lineCount < 4 && !isUnderWay && boot.failures.isEmpty && boot.holders.isEmpty
      && boot.distress.isEmpty && signs.isEmpty
  }

  /// Whether pools are still being made: what is damaged later (a device's name, a terminal's own
  /// bytes) says nothing of their lines.
  private func isEarly(_ seconds: Double?) -> Bool {
    lineCount < 400 && (seconds ?? 0) - (firstSeconds ?? 0) < 1
  }

  /// Reads a message of the kernel.
  ///
  /// - Returns: whether it is one that tells something.
  func take(_ message: MessageBytes, _ line: () -> LogLine) -> Bool {
    let isRange = !nodeRanges.isEmpty && !nodeRangesEnded
    let rangeCount = nodeRanges.count
    defer { if isRange, nodeRanges.count == rangeCount { nodeRangesEnded = true } }
    if complaintWindow > 0 { look(forComplaintIn: message, line) }
    var rest = message
    var isPools = false
    while let prefix = KernelForm.poolPrefixes.first(where: { rest.bytes.starts(with: $0) }) {
      rest = rest.dropping(prefix)?.trimmedStart ?? rest
      isPools = true
    }
    if isPools, Self.pools.take(rest, self, line) { return true }
    if let parameters = rest.dropping(Self.commandLineWords) {
      take(commandLine: parameters, line())
      return true
    }
    if let amounts = rest.dropping(Self.memoryWords), take(memory: amounts, line) { return true }
    if Self.others.take(rest, self, line) || takeTableRow(rest, line) { return true }
    look(forPoolWordsIn: message, line)
    return false
  }

  /// Notes early lines on CMA that no form has: vendors have words of their own.
  private func look(forPoolWordsIn message: MessageBytes, _ line: () -> LogLine) {
    guard lineCount < 400, boot.unread.count < Self.unreadLimit, message.bytes.speaksOfPools else {
      return
    }
    boot.unread.append(line())
  }

  /// Notes what shows that bytes were lost or changed on their way.
  ///
  /// - Parameter seconds: of the line's own time.
  func look(forGarblingIn line: () -> LogLine, isGarbled: Bool, seconds: Double?) {
    let last = boot.lastSeconds
    // Several CPUs print out of order by microseconds.
    let fallsBack = seconds.flatMap { now in last.map { now < $0 - 0.05 } } ?? false
    if isGarbled || fallsBack, isEarly(seconds) { noteGarbled(line()) }
    if let unmarked = unmarkedLine, seconds ?? 0 < 0.5 { noteGarbled(unmarked) }
    unmarkedLine = nil
  }

  private func noteGarbled(_ line: LogLine) {
    if boot.garbled.count < Self.garbledLimit { boot.garbled.append(line) }
  }

  /// Rows and second lines, which begin with anything.
  private func takeTableRow(_ message: MessageBytes, _ line: () -> LogLine) -> Bool {
    if let first = message.bytes.first, first.isLowerHexDigit,
      let region = KernelForm.regionRow(message)
    {
      add(
        .init(kind: .vendors, name: region.name, range: region.range), line(),
        to: \.boot.takers)
      return true
    }
    guard message.bytes.last == UInt8(ascii: ")"), let overlap = KernelForm.overlap(message) else {
      return false
    }
    let lines = overlapLine.map { [$0, line()] } ?? [line()]
    overlapLine = nil
    if boot.refusals.count < Self.entryLimit { boot.refusals.append(Logged(overlap, lines)) }
    return true
  }
}

extension ArraySlice<UInt8> {
  /// Whether `CMA` or `cma` stands in it as a word.
  fileprivate var speaksOfPools: Bool {
    var rest = self
    var last: UInt8?
    while let byte = rest.popFirst() {
      if byte | 0x20 == UInt8(ascii: "c"), last?.isLetter != true,
        rest.first.map({ $0 | 0x20 == UInt8(ascii: "m") }) == true,
        rest.dropFirst().first.map({ $0 | 0x20 == UInt8(ascii: "a") }) == true,
        rest.dropFirst(2).first.map({ $0.isLetter || $0.isDecimalDigit }) != true
      {
        return true
      }
      last = byte
    }
    return false
  }
}
