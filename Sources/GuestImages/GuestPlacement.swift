// SPDX-License-Identifier: Apache-2.0
package import Kernels
package import Quantities

/// Where kernel, initramfs and device tree lie in the guest, low and tight in the first bank:
/// whatever lies in the middle of a bank cuts its largest hole in two.
package struct GuestPlacement: Hashable, Sendable {
  /// What the kernel occupies: its load address and image_size bytes.
  package let kernel: PhysicalRange
  package let initramfs: PhysicalRange

  private let bank: PhysicalRange

  /// - Parameters:
  ///   - bank: the first one.
  ///   - initramfsSize: more than 0 bytes.
  package init(
    kernel image: KernelImage, initramfsSize: ByteCount, bank: PhysicalRange
  ) throws(GuestImageError) {
    self.bank = bank
    let needed = ByteCount(image.imageSize.bytes + initramfsSize.bytes)
    // Documentation/arm64/booting.rst: text_offset bytes from a 2 MiB aligned base.
    guard let base = Alignment.block2M.up(bank.start.value),
      let kernel = PhysicalRange(
        start: PhysicalAddress(base + image.textOffset), size: image.imageSize),
      let end = kernel.last.advanced(by: ByteCount(1)),
      let start = Alignment.page4K.up(end.value),
      let initramfs = PhysicalRange(start: PhysicalAddress(start), size: initramfsSize),
      bank.contains(initramfs)
    else { throw .noRoom(in: bank, needed: needed) }
    self.kernel = kernel
    self.initramfs = initramfs
  }

  /// Where a device tree of that size goes: behind the initramfs, 8-byte aligned, at most 2 MiB and
  /// not over a 2 MiB boundary (booting.rst, section 2).
  package func deviceTree(size: ByteCount) throws(GuestImageError) -> PhysicalRange {
    let block = Alignment.block2M
    guard size.bytes <= block.bytes else { throw .deviceTreeTooLarge(size) }
    let needed = ByteCount(kernel.size.bytes + initramfs.size.bytes + size.bytes)
    let behind = (initramfs.last.value | 7) + 1
    guard var tree = PhysicalRange(start: PhysicalAddress(behind), size: size) else {
      throw .noRoom(in: bank, needed: needed)
    }
    if block.down(tree.start.value) != block.down(tree.last.value),
      let boundary = block.up(tree.start.value),
      let moved = PhysicalRange(start: PhysicalAddress(boundary), size: size)
    {
      tree = moved
    }
    guard bank.contains(tree) else { throw .noRoom(in: bank, needed: needed) }
    return tree
  }
}
