// SPDX-License-Identifier: Apache-2.0

/// A number of bytes, 0 … 2^64 - 1.
package struct ByteCount: Hashable, Comparable, Sendable {
  package let bytes: UInt64

  package init(_ bytes: UInt64) {
    self.bytes = bytes
  }

  package static let zero = ByteCount(0)

  /// `count` KiB; traps on overflow, so it is for literals and for figures already bounded.
  package static func kibibytes(_ count: UInt64) -> ByteCount { ByteCount(count << 10) }

  /// `count` MiB; traps on overflow, so it is for literals and for figures already bounded.
  package static func mebibytes(_ count: UInt64) -> ByteCount { ByteCount(count << 20) }

  /// `count` GiB; traps on overflow, so it is for literals and for figures already bounded.
  package static func gibibytes(_ count: UInt64) -> ByteCount { ByteCount(count << 30) }

  package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

  /// The whole MiB in it, truncated as the kernel truncates in `cma: Reserved %ld MiB`.
  package var wholeMebibytes: UInt64 { bytes >> 20 }
}

extension ByteCount {
  /// Reads a size as the kernel's command line does: decimal or `0x` hexadecimal, then at most one
  /// of `K M G T P E` in either case (lib/cmdline.c, memparse), and nothing else.
  package init(parsing text: some StringProtocol) throws(QuantityError) {
    self.init(try NumberText.value(of: String(text), what: .size))
  }
}

extension ByteCount: CustomStringConvertible {
  /// In the largest binary unit that divides it: `3000 MiB`, `2 GiB`, `512 KiB`, `17 bytes`.
  package var description: String {
    let units: [(shift: UInt64, name: String)] = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    for unit in units where bytes != 0 && bytes & ((1 << unit.shift) - 1) == 0 {
      return "\(bytes >> unit.shift) \(unit.name)"
    }
    return bytes == 1 ? "1 byte" : "\(bytes) bytes"
  }

  /// As the kernel's command line takes it: `3000M`, `0x1000` sizes in the largest exact unit.
  package var kernelArgument: String {
    let units: [(shift: UInt64, suffix: String)] = [(30, "G"), (20, "M"), (10, "K")]
    for unit in units where bytes != 0 && bytes & ((1 << unit.shift) - 1) == 0 {
      return "\(bytes >> unit.shift)\(unit.suffix)"
    }
    return "\(bytes)"
  }
}
