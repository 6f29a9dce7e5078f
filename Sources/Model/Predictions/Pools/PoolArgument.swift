// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

/// What the command line says of the default pool (kernel/dma/contiguous.c, early_cma).
package struct PoolArgument: Hashable, Sendable {
  package private(set) var size: UInt64
  /// 0 for anywhere.
  package private(set) var base: UInt64 = 0
  /// 0 for none.
  package private(set) var limit: UInt64 = 0

  /// Of a phys_addr_t: what is larger loses its upper bits.
  private let mask: UInt64

  /// `cma=size@base`, or a range that the size fills exactly.
  package var isFixed: Bool { (base &+ size) & mask == limit }

  /// Reads every `cma=` of a command line as the kernel does: a later one replaces the size, and
  /// base and limit only where it names them. Nil where there is none.
  ///
  /// - Parameter highestAddress: PHYS_ADDR_MAX.
  package init?(commandLine: String, highestAddress: UInt64 = .max) {
    mask = highestAddress
    var size: UInt64?
    for word in Self.words(commandLine) where word.starts(with: Self.key) {
      var text = word.dropFirst(Self.key.count)
      let wanted = Self.number(&text) & mask
      size = wanted
      guard text.first == UInt8(ascii: "@") else { continue }
      text = text.dropFirst()
      base = Self.number(&text) & mask
      if text.first == UInt8(ascii: "-") {
        text = text.dropFirst()
        limit = Self.number(&text) & mask
      } else {
        limit = (base &+ wanted) & mask
      }
    }
    // The kernel's mark for a size that nobody gave.
    guard let size, size != mask else { return nil }
    self.size = size
  }

  private static let key = Array("cma=".utf8)

  /// The parameters, `NAME` or `NAME=VALUE`.
  static func words(_ commandLine: String) -> [ArraySlice<UInt8>] {
    KernelParameters(commandLine).words
  }

  /// lib/cmdline.c, memparse: a number of any base and one suffix; 0 where there is none.
  static func number(_ text: inout ArraySlice<UInt8>) -> UInt64 {
    var radix: UInt64 = 10
    let original = text
    if text.first == UInt8(ascii: "0") {
      radix = 8
      if let second = text.dropFirst().first, second | 0x20 == UInt8(ascii: "x"),
        let third = text.dropFirst(2).first, digit(third, 16) != nil
      {
        radix = 16
        text = text.dropFirst(2)
      }
    }
    var value: UInt64 = 0
    var count = 0
    while let byte = text.first, let digit = digit(byte, radix) {
      value = value &* radix &+ digit
      text = text.dropFirst()
      count += 1
    }
    guard count > 0 else {
      text = original
      return 0
    }
    if let suffix = text.first, let shift = ByteCount.shift(ofSuffix: suffix) {
      value <<= shift
      text = text.dropFirst()
    }
    return value
  }

  private static func digit(_ byte: UInt8, _ radix: UInt64) -> UInt64? {
    let value: UInt64
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt64(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = UInt64(byte - UInt8(ascii: "A")) + 10
    default: return nil
    }
    return value < radix ? value : nil
  }
}
