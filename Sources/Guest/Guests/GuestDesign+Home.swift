// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import GuestImages
import Kernels
import Quantities

extension GuestDesign {
  /// Chooses bank and gap as loaders place a kernel where nothing else says: the first place that no
  /// static region takes.
  ///
  /// - Throws: `PlacedGuestError.noClearRoom`.
  mutating func moveHome(
    clearOf tree: OwnTree, kernel image: KernelImage, initramfsSize: ByteCount
  ) throws(PlacedGuestError) {
    let block = Alignment.block2M
    // What ends on no block's boundary takes all of the block: the tree may begin in the next one.
    var needed = image.textOffset + image.imageSize.bytes + 2 * block.bytes
    if places.initramfs == nil { needed += initramfsSize.bytes }
    if places.deviceTree == nil { needed += block.bytes }
    if let unpacking = image.unpackingSize { needed += unpacking.bytes + 2 * block.bytes }
    let taken = (tree.taken + memoryReservations).sorted()
    for (index, bank) in banks.enumerated() {
      guard let first = block.up(bank.start.value) else { continue }
      var start = first
      for range in taken where range.last.value >= start {
        guard range.start.value < start + needed, let next = block.up(range.last.value &+ 1) else {
          continue
        }
        start = max(start, next)
      }
      guard let home = PhysicalRange(at: start, bytes: needed), bank.contains(home) else {
        continue
      }
      homeBank = index
      places.gaps.kernel = ByteCount(start - first)
      return
    }
    throw .noClearRoom(ByteCount(needed))
  }
}
