// SPDX-License-Identifier: Apache-2.0

/// A kernel's taint flags, /proc/sys/kernel/tainted (Documentation/admin-guide/tainted-kernels.rst).
package struct KernelTaint: Hashable, Sendable {
  package let flags: UInt64

  package init(_ flags: UInt64) {
    self.flags = flags
  }

  /// The flags that a kernel sets when it finds a fault of its own, by bit: what is loaded into it,
  /// as the test module, sets others.
  private static let faults: [(bit: UInt64, words: String)] = [
    (4, "a machine check"), (5, "a bad page, or a report of a memory checker"), (7, "an oops"),
    (9, "a warning"), (14, "a soft lockup"),
  ]

  /// What the kernel has found wrong with itself, one phrase each.
  package var faults: [String] {
    Self.faults.filter { flags >> $0.bit & 1 == 1 }.map(\.words)
  }
}
