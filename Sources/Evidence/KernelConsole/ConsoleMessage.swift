// SPDX-License-Identifier: Apache-2.0

/// A message of a kernel's log, and whether its words are the kernel's own.
package struct ConsoleMessage: Hashable, Sendable {
  package let prefix: PrintkPrefix
  /// Without level, time and whatever else stands before it.
  package let text: Substring
  /// Whether it repeats what the kernel was given: such a message is no evidence of anything.
  package let isEcho: Bool

  /// What it says of the kernel's own state; nil for a message of a kernel that is well.
  package var distress: KernelDistress? { isEcho ? nil : KernelDistress(in: text) }
}

/// Reads a kernel's log line by line.
///
/// A kernel prints texts that others have written: its command line, the model of the board, names
/// of nodes. Behind its own words such a text is harmless, as a message counts by what it begins
/// with. But a text may have several lines, and the kernel puts its prefix before each of them
/// (printk_sprint and record_print_text in kernel/printk/printk.c): these are told by their content.
package struct MessageReader {
  /// What the kernel says before a text that it was given; nothing else is in the message.
  private static let echoes = [
    // init/main.c
    "Kernel command line: ", "Unknown kernel command line parameters ", "Malformed early option ",
    // arch/arm64/kernel/setup.c, setup_machine_fdt; drivers/of/fdt.c, of_flat_dt_match_machine
    "Machine model: ", "OF: fdt: Machine model: ",
    // lib/dump_stack.c, dump_stack_print_info
    "Hardware name: ",
  ]
  /// Messages of its own in which it names nodes of the device tree: drivers/of, kernel/dma.
  private static let namings = ["OF: ", "Reserved memory: ", "cma: "]

  private let log: PrintkPrefix.Log
  /// Each text of several lines, line by line.
  private let foreignTexts: [[Substring]]
  /// The lines that may come next of texts that have begun.
  private var continuations: [ArraySlice<Substring>] = []

  /// - Parameter foreignTexts: what the kernel was given and may repeat; those of one line need not
  ///   be told.
  package init(log: PrintkPrefix.Log = .guest, foreignTexts: [String] = []) {
    self.log = log
    self.foreignTexts = foreignTexts.map { text in
      text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
    }.filter { $0.count > 1 }
  }

  /// - Parameter line: without its end.
  package mutating func read(_ line: Substring) -> ConsoleMessage {
    let line = PrintkLine(line, of: log)
    let continued = continuations.filter { Self.goesOn($0, in: line.text) }
    continuations = continued.compactMap { $0.count > 1 ? $0.dropFirst() : nil }
    if !continued.isEmpty {
      return ConsoleMessage(prefix: line.prefix, text: line.text, isEcho: true)
    }
    let isEcho = Self.echoes.contains { line.text.hasPrefix($0) }
    if isEcho || Self.namings.contains(where: { line.text.hasPrefix($0) }) {
      continuations = foreignTexts.compactMap { lines in
        line.text.hasSuffix(lines[0]) ? lines.dropFirst() : nil
      }
    }
    return ConsoleMessage(prefix: line.prefix, text: line.text, isEcho: isEcho)
  }

  /// Behind a text's last line more of the kernel's words may come, as in `MODEL (DT)`.
  private static func goesOn(_ lines: ArraySlice<Substring>, in text: Substring) -> Bool {
    guard let next = lines.first else { return false }
    return text == next || lines.count == 1 && !next.isEmpty && text.hasPrefix(next)
  }
}
