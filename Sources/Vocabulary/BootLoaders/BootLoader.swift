// SPDX-License-Identifier: Apache-2.0

// BootLoaders: where programs that start a kernel put what it starts with. Pure values: addresses and
// sizes in, ranges out, as the programs' public sources and their own messages have it.

package import Quantities

/// A program that puts a kernel, its initramfs and its device tree into memory.
///
/// Of an EFI firmware only the order is public, not the addresses, which are its allocator's: it is none
/// of these, and a board with one gives its files' addresses.
package enum BootLoader: Hashable, Sendable {
  case uBoot(UBoot)
  case raspberryPi(RaspberryPi)

  /// Where the initramfs lies; nil where there is no room, or the loader leaves it where it was loaded.
  ///
  /// - Parameters:
  ///   - memory: RAM.
  ///   - taken: what has its place already: the kernel, and regions with an address.
  package func initramfs(
    of size: ByteCount, in memory: [PhysicalRange], clearOf taken: [PhysicalRange]
  ) -> PhysicalRange? {
    switch self {
    case .uBoot(let uBoot): uBoot.initramfs(of: size, in: memory, clearOf: taken)
    case .raspberryPi(let firmware): firmware.initramfs(of: size)
    }
  }

  /// Where the device tree lies; nil as for the initramfs.
  ///
  /// - Parameter taken: the initramfs, too.
  package func deviceTree(
    of size: ByteCount, in memory: [PhysicalRange], clearOf taken: [PhysicalRange]
  ) -> PhysicalRange? {
    switch self {
    case .uBoot(let uBoot): uBoot.deviceTree(of: size, in: memory, clearOf: taken)
    case .raspberryPi(let firmware): firmware.deviceTree(of: size, clearOf: taken)
    }
  }
}
