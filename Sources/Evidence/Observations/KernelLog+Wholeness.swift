// SPDX-License-Identifier: Apache-2.0

extension KernelLog {
  /// Why the log does not hold everything that the kernel said; nil where it is whole, so that what
  /// it does not say was not said.
  package var gap: String? {
    guard isRecorded else { return "the guest did not print its kernel's log" }
    guard Self.isBeginning(messages.first) else {
      return "the beginning of the kernel's log is missing"
    }
    // A message has its level before it; what init notes about the record has none.
    return messages.contains { $0.evidence.text.hasPrefix("!") }
      ? "the end of the kernel's log is missing" : nil
  }
}
