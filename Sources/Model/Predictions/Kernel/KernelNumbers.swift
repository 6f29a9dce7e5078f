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
    let count = max(width, (value.bitWidth - value.leadingZeroBitCount + 3) / 4)
    // Every message has some: one allocation each.
    return String(unsafeUninitializedCapacity: 2 + count) { text in
      text[0] = UInt8(ascii: "0")
      text[1] = UInt8(ascii: "x")
      var rest = value
      for index in (2..<2 + count).reversed() {
        let digit = UInt8(rest & 0xf)
        text[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        rest >>= 4
      }
      return 2 + count
    }
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
