// SPDX-License-Identifier: Apache-2.0

/// Where memory for a crash kernel is looked for, and what it gets besides (arch/arm64/mm/init.c,
/// reserve_crashkernel; kernel/crash_reserve.c, reserve_crashkernel_generic).
struct CrashKernelSearch {
  typealias Place = (start: UInt64, end: UInt64)

  /// CRASH_ALIGN of arm64: its boot protocol's.
  static let alignment: UInt64 = 2 << 20
  /// DEFAULT_CRASH_KERNEL_LOW_SIZE (include/linux/crash_reserve.h).
  static let usualLowBytes: UInt64 = 128 << 20

  let size: UInt64
  /// In the first of them, else in the next one.
  let places: [Place]
  /// Bytes that it gets below the DMA limit if it comes to lie above.
  let lowBytes: UInt64
  let dmaLimit: UInt64

  enum Find: Hashable {
    case reserved(UInt64, low: UInt64?)
    case noHole
    /// There is one, and then no low memory.
    case noLowMemory
  }

  func reserve(in memblock: inout Memblock) -> Find {
    var found: UInt64?
    for place in places where found == nil {
      found = memblock.allocate(
        size: size, align: Self.alignment, from: place.start, limit: place.end)
    }
    guard let found else { return .noHole }
    guard found >= dmaLimit, lowBytes > 0 else { return .reserved(found, low: nil) }
    guard let low = memblock.allocate(size: lowBytes, align: Self.alignment, limit: dmaLimit)
    else {
      memblock.free(found, size: size)
      return .noLowMemory
    }
    return .reserved(found, low: low)
  }
}

extension Memblock {
  /// The function of 5.10, which looks at a given place before it takes it.
  ///
  /// - Parameter base: 0 for anywhere below the limit.
  func findLowCrashKernel(
    size: UInt64, base: UInt64, limit: UInt64
  ) -> Result<UInt64, LowCrashKernelFault> {
    let alignment = CrashKernelSearch.alignment
    if base == 0 {
      return find(size: size, align: alignment, limit: limit).map { .success($0) }
        ?? .failure(.noHole)
    }
    if !isMemory(base, size: size) { return .failure(.notMemory) }
    if isReserved(base, size: size) { return .failure(.reserved) }
    return base % alignment == 0 ? .success(base) : .failure(.misaligned)
  }
}

/// Why a place for a crash kernel is refused.
enum LowCrashKernelFault: Error, Hashable {
  case noHole
  case notMemory
  case reserved
  case misaligned
}
