// SPDX-License-Identifier: Apache-2.0

extension KernelLog {
  /// Why the log does not hold everything that the kernel said; nil where it is whole, so that what
  /// it does not say was not said.
  package var gap: String? {
    guard let first = messages.first, first.evidence.source == "kernel-log" else {
      return "the guest did not print its kernel's log"
    }
    // The first message of every boot (arch/arm64/kernel/setup.c and arch/arm/kernel/setup.c,
    // smp_setup_processor_id): a ring buffer that wrapped has lost it.
    guard first.text.hasPrefix("Booting Linux on physical CPU") else {
      return "the beginning of the kernel's log is missing"
    }
    // A message has its level before it; what init notes about the record has none.
    return messages.contains { $0.evidence.text.hasPrefix("!") }
      ? "the end of the kernel's log is missing" : nil
  }
}
