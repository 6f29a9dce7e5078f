// SPDX-License-Identifier: Apache-2.0

/// A page size that arm64 kernels can be built for, as the command line writes it.
package enum PageSize: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
  case fourKiB = "4k"
  case sixteenKiB = "16k"
  case sixtyFourKiB = "64k"

  /// Nil for what is none of them.
  package init?(bytes: UInt64) {
    guard let size = Self.allCases.first(where: { $0.size.bytes == bytes }) else { return nil }
    self = size
  }

  package var description: String { rawValue }

  package var size: ByteCount {
    switch self {
    case .fourKiB: .kibibytes(4)
    case .sixteenKiB: .kibibytes(16)
    case .sixtyFourKiB: .kibibytes(64)
    }
  }

  /// The order of the buddy allocator's largest block where a configuration does not say otherwise: 10
  /// is 1024 pages (arch/arm64/Kconfig, ARCH_FORCE_MAX_ORDER since 6.4).
  package var largestOrder: UInt64 {
    switch self {
    case .fourKiB: 10
    case .sixteenKiB: 11
    case .sixtyFourKiB: 13
    }
  }

  /// That block: 4, 32 and 512 MiB.
  package var largestBlock: ByteCount { ByteCount(size.bytes << largestOrder) }
}
