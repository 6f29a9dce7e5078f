// SPDX-License-Identifier: Apache-2.0

import Guests
import Kernels
import Predictions
import Quantities

extension CaseGuest {
  /// How much lowmem every case of 32-bit ARM has: the kernel reads the initramfs there.
  private static let sureLowMemory: UInt64 = 256 << 20

  /// Whether a kernel can start there at all, whatever becomes of its pools.
  ///
  /// - Throws: ``ImpossibleCase``.
  static func checkThatItCanStart(
    _ placed: PlacedGuest, _ kit: ConformKit
  ) throws(ImpossibleCase) {
    guard let arm = kit.facts.arm else { return }
    let start = placed.kernel.start.value - kit.image.textOffset
    let end = placed.deviceTree.last.value + 1
    guard start % kit.facts.rules.patchUnit == arm.pageOffset % kit.facts.rules.patchUnit else {
      throw ImpossibleCase(description: "the kernel cannot patch itself for its place")
    }
    // Where the MMU is turned on, the kernel's mapping must not lie over the one of the same
    // addresses, unless it is the same (arch/arm/kernel/head.S, __create_page_tables).
    let image = kit.image.textOffset + kit.image.imageSize.bytes
    let isClear =
      start == arm.pageOffset || start + image <= arm.pageOffset || start >= arm.pageOffset + image
    guard isClear else {
      throw ImpossibleCase(description: "the kernel is over its own virtual addresses")
    }
    guard end < 1 << 32, end - start < Self.sureLowMemory else {
      throw ImpossibleCase(description: "its files are not all in low memory")
    }
  }
}
