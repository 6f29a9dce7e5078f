// SPDX-License-Identifier: Apache-2.0

/// A form in which something is written before a kernel's message.
struct PrefixForm: Sendable {
  /// What it looks like, for tests: it is read to its end.
  let example: String
  /// Who writes it.
  let origin: String
  let read: @Sendable (inout PrefixReader) -> Bool

  /// The forms by where they stand in a line, from left to right; each may be missing.
  static func forms(of log: PrintkPrefix.Log) -> [[PrefixForm]] {
    switch log {
    case .guest: [[level], [time], [caller]]
    case .foreign:
      [
        ofRecorders, [level, facilityAndLevel, extended], [time] + ofOtherTimes,
        [caller] + ofVendors,
      ]
    }
  }

  // MARK: The kernel's own

  private static let level = PrefixForm(
    example: "<6>", origin: "kernel/printk/printk.c, print_syslog"
  ) { reader in
    guard reader.take("<"), let digits = reader.takeDigits(1...3), let number = Int(digits),
      reader.take(">")
    else { return false }
    // Above the level is the facility, as syslog(3) has it.
    reader.prefix.level = number & 7
    return true
  }

  private static let time = PrefixForm(
    example: "[    0.000000]", origin: "kernel/printk/printk.c, print_time"
  ) { reader in
    guard reader.take("[") else { return false }
    reader.skipBlanks()
    guard let seconds = reader.takeSeconds(), reader.take("]") else { return false }
    reader.prefix.seconds = seconds
    return true
  }

  private static let caller = PrefixForm(
    example: "[    T1]", origin: "kernel/printk/printk.c, print_caller (CONFIG_PRINTK_CALLER)"
  ) { reader in
    guard reader.take("[") else { return false }
    reader.skipBlanks()
    guard let caller = reader.take(upTo: "]") else { return false }
    // A thread, or the CPU of what is no thread; 6.18 and later have both: T0@C0.
    for part in caller.split(separator: "@", omittingEmptySubsequences: false) {
      guard let kind = part.first, "TC".contains(kind), UInt32(part.dropFirst()) != nil else {
        return false
      }
    }
    reader.prefix.caller = caller
    return true
  }
}
