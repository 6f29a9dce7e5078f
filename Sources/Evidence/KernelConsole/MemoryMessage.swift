// SPDX-License-Identifier: Apache-2.0

/// A kernel message on CMA, reserved memory or a crash kernel, without what says which file printed it.
///
/// Each line has its own prefixes: `cma: ` (mm/cma.c), `OF: reserved mem: `
/// (drivers/of/of_reserved_mem.c), `OF: fdt: ` (drivers/of/fdt.c), and `Reserved memory: `, which is
/// part of the words and came to stand behind another prefix when code moved.
package struct MemoryMessage {
  /// Without the prefixes.
  package let text: Substring

  private static let prefixes = ["cma:", "OF: reserved mem:", "OF: fdt:", "Reserved memory:"]
  /// Messages that have no prefix.
  private static let bare = [
    "Skipping dt linux,cma-default", "Couldn't store CMA", "Couldn't queue default CMA",
    "cannot allocate crashkernel", "cannot reserve crashkernel", "crashkernel reservation failed",
  ]
  /// A message of two lines, of which the second begins with a node's name
  /// (__rmem_check_for_overlap).
  private static let overlap: (first: String, second: MessagePattern) = (
    "OVERLAP DETECTED!", "* (0x*--0x*) overlaps with * (0x*--0x*)"
  )

  /// What is said of a crash kernel, good news included.
  private static let ofCrashKernel: [MessagePattern] = [
    "crashkernel *", "cannot allocate crashkernel*", "cannot reserve crashkernel*",
    "Reserving * for crashkernel *",
  ]

  /// What is said of what a crashed kernel left, and of RAM that a kernel without highmem ignores.
  private static let ofEarlyMemory: [MessagePattern] = [
    "OF: fdt: Reserving * of memory at * for elfcorehdr", "OF: fdt: elfcorehdr is overlapped",
    "Reserving * of memory at * for elfcorehdr", "elfcorehdr is overlapped",
    "Ignoring RAM at *-*", "Consider using a HIGHMEM enabled kernel.",
  ]

  /// What messages on an allocation begin with (mm/cma.c, cma_alloc, in 6.10 __cma_alloc, in 7.2
  /// __cma_alloc_frozen; with CONFIG_CMA_DEBUG cma_debug_show_areas).
  private static let ofAllocation = [
    "cma: cma_alloc: ", "cma: __cma_alloc: ", "cma: __cma_alloc_frozen: ",
    "cma: number of available pages: ", "cma: range ",
  ]

  /// Whether a kernel prints the message while it reserves memory, as a prediction foretells it.
  ///
  /// What is said of an allocation comes later, and drivers/of/fdt.c has more to say than of
  /// reserved memory.
  package static func isOfReservation(
    _ message: Substring, after previous: Substring?
  ) -> Bool {
    if ofAllocation.contains(where: message.hasPrefix) { return false }
    // cma_debug_show_areas ends its lines with a message of their own.
    if message.hasPrefix("cma:"), message.dropFirst(4).allSatisfy({ $0 == " " }) { return false }
    if (ofCrashKernel + ofEarlyMemory).contains(where: { $0.captures(in: message) != nil }) {
      return true
    }
    if message.hasPrefix("OF: fdt: ") { return message.hasPrefix("OF: fdt: Reserved memory: ") }
    return MemoryMessage(message, after: previous) != nil
  }

  /// Nil for a message on something else.
  ///
  /// - Parameters:
  ///   - message: without level and time.
  ///   - previous: the message before it in the log.
  package init?(_ message: some StringProtocol, after previous: (some StringProtocol)?) {
    var rest = Substring(message)
    var isKnown = Self.bare.contains { rest.hasPrefix($0) }
    while let prefix = Self.prefixes.first(where: { rest.hasPrefix($0) }) {
      rest = rest.dropFirst(prefix.count).drop { $0 == " " }
      isKnown = true
    }
    if !isKnown {
      guard previous?.hasSuffix(Self.overlap.first) == true,
        Self.overlap.second.captures(in: rest) != nil
      else { return nil }
    }
    text = rest
  }

  /// What stands for each `*` of a pattern; nil where the message is another one.
  package func captures(of pattern: MessagePattern) -> [Substring]? { pattern.captures(in: text) }
}
