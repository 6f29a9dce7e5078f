// SPDX-License-Identifier: Apache-2.0

/// How a kernel's messages write numbers.
extension KernelFacts {
  /// As printk's %pa writes it: all digits of a phys_addr_t.
  func padded(_ value: UInt64) -> String {
    let width = highestAddress.bitWidth - highestAddress.leadingZeroBitCount
    return padded(value & highestAddress, width / 4)
  }

  /// As printk's 0x%0…llx writes it, with so many digits at least.
  func padded(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// In MiB as `(unsigned long)size / SZ_1M` is: what a long does not hold is lost.
  func mebibytes(_ size: UInt64) -> UInt64 { (size & longMask) >> 20 }
}

extension UInt64 {
  /// ALIGN (include/linux/align.h), which wraps: up to a multiple of a power of two.
  func alignedUp(to alignment: UInt64) -> UInt64 { (self &+ (alignment - 1)) & ~(alignment - 1) }

  /// ALIGN_DOWN.
  func alignedDown(to alignment: UInt64) -> UInt64 { self & ~(alignment - 1) }
}
