// SPDX-License-Identifier: Apache-2.0
import Kernels
import Predictions
import Quantities

extension CaseGuest {
  /// How much lowmem every case of 32-bit ARM has: the kernel reads the initramfs there.
  private static let sureLowMemory: UInt64 = 256 << 20

  /// Whether a kernel can start there at all, whatever becomes of its pools.
  ///
  /// - Parameters:
  ///   - start: the multiple of 2 MiB that the image is placed by.
  ///   - end: behind all that is loaded.
  static func canStart(from start: UInt64, filesUpTo end: UInt64, _ kit: ConformKit) -> Bool {
    guard let arm = kit.facts.arm else { return true }
    // Where the MMU is turned on, the kernel's mapping must not lie over the one of the same
    // addresses, unless it is the same (arch/arm/kernel/head.S, __create_page_tables).
    let image = kit.image.textOffset + kit.image.imageSize.bytes
    let isClear =
      start == arm.pageOffset || start + image <= arm.pageOffset || start >= arm.pageOffset + image
    return isClear && end < 1 << 32 && end - start < sureLowMemory
  }
}
