// SPDX-License-Identifier: Apache-2.0

package import BootLoaders
package import Quantities

/// What puts kernel, initramfs and device tree into a board's memory, and where.
///
/// An address of a file takes precedence over where the program would put it.
package struct BoardLoader: Hashable, Sendable {
  /// Whose places are known; nil for another one, whose files have addresses here.
  package let program: BootLoader?
  package let kernel: PhysicalAddress?
  package let initramfs: PhysicalAddress?
  package let deviceTree: PhysicalAddress?
  /// How much the board's own initramfs takes; nil for what the guest's does.
  package let initramfsSize: ByteCount?
}
