// SPDX-License-Identifier: Apache-2.0
import Quantities

// The two messages that are lists: the command line, and the amounts of memory.

extension BootDraft {
  /// init/main.c, print_kernel_cmdline: since 6.19 in several lines, ` \` at the end of all but the
  /// last one.
  func take(commandLine parameters: MessageBytes, _ line: LogLine) {
    var bytes = ForeignText.decoded(parameters.bytes).trimmed
    let isContinued = bytes.last == UInt8(ascii: "\\") && bytes.dropLast().last?.isBlank == true
    if isContinued { bytes = bytes.dropLast().trimmed }
    var text = String(printing: bytes)
    var lines = [line]
    if let parts = commandLine, parts.isContinued {
      text = parts.text + " " + text
      lines = parts.lines + lines
    } else if commandLine != nil {
      // The first one counts: what comes later is an echo.
      return
    }
    guard lines.count <= 64 else { return }
    commandLine = CommandLineParts(
      text: text, lines: lines, isContinued: isContinued,
      isWhole: parameters.isTerminated && !isContinued)
    commandLineEnd = line.number
  }

  /// mm/mm_init.c and mm/page_alloc.c, mem_init_print_info: `2048K/4096K available (15K kernel
  /// code, …, 393216K cma-reserved)`. Old kernels of 32-bit ARM, which write a small k, mean other
  /// amounts.
  ///
  /// - Returns: false for another message that begins like it.
  func take(memory amounts: MessageBytes, _ line: () -> LogLine) -> Bool {
    guard let head = Self.memoryHead.captures(of: amounts), let total = head.number(1)?.kibibytes
    else { return false }
    let bytes = amounts.bytes
    let open = bytes.firstIndex(of: UInt8(ascii: "(")).map { bytes.index(after: $0) }
    var named: [String: UInt64] = [:]
    var rest = bytes[(open ?? bytes.endIndex)...]
    while let end = rest.firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ")") }) {
      let item = MessageBytes(bytes: rest[..<end].trimmed, isTerminated: true)
      rest = rest[(end + 1)...]
      if let captures = Self.memoryItem.captures(of: item),
        let amount = captures.number(0)?.kibibytes
      {
        named[captures.text(1)] = amount
      }
    }
    let parts = ["kernel code", "rwdata", "rodata", "init", "bss"].compactMap { named[$0] }
    boot.memory = Logged(
      .init(
        total: ByteCount(total), pools: named["cma-reserved"].map { ByteCount($0) },
        highMemory: named["highmem"].map { ByteCount($0) },
        kernel: parts.count == 5 ? ByteCount(parts.reduce(0, +)) : nil), line())
    if named["highmem"] != nil {
      add(.init(architecture: .arm, isCertain: true), line(), to: \.signs)
    } else if total > 3 << 30 {
      // Without highmem 32-bit ARM has no more than its lowmem.
      add(.init(architecture: .arm64, isCertain: false), line(), to: \.signs)
    }
    return true
  }

  private static let memoryHead = MessageForm("%dK/%dK available (%*")
  private static let memoryItem = MessageForm("%dK %t")
}

extension UInt64 {
  /// In bytes; nil where it is no amount of memory.
  fileprivate var kibibytes: UInt64? { scaled(by: 1 << 10) }
}
