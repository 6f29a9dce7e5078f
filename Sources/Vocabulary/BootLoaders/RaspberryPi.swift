// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// The firmware of the Raspberry Pi with `initramfs FILE followkernel`, or `auto_initramfs`.
///
/// Its source is not public. Its messages (`initramfs … loaded to …`, `Device tree loaded to …`) show both
/// right below the end of the memory that it leaves to ARM: the initramfs on a page's boundary, the tree
/// below that on a boundary of 256 bytes.
package struct RaspberryPi: Hashable, Sendable {
  /// The first address past what it uses.
  package var end: PhysicalAddress

  package init(end: PhysicalAddress) {
    self.end = end
  }

  private static let treeAlignment: UInt64 = 256

  func initramfs(of size: ByteCount) -> PhysicalRange? { below(end, size, Alignment.page4K.bytes) }

  func deviceTree(of size: ByteCount, clearOf taken: [PhysicalRange]) -> PhysicalRange? {
    let initramfs = taken.filter { $0.last < end }.max { $0.last < $1.last }
    // It is the topmost one, less than a page below the end.
    let top = initramfs.flatMap { end.value - $0.last.value <= 4096 ? $0.start : nil } ?? end
    return below(top, size, Self.treeAlignment)
  }

  private func below(
    _ end: PhysicalAddress, _ size: ByteCount, _ alignment: UInt64
  ) -> PhysicalRange? {
    guard end.value > size.bytes else { return nil }
    return PhysicalRange(
      start: PhysicalAddress((end.value - size.bytes) & ~(alignment - 1)), size: size)
  }
}
