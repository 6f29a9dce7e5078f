// SPDX-License-Identifier: Apache-2.0

package import Emulator
package import HostFiles
package import Kernels
package import Predictions
import Quantities
package import SystemPackage

/// What every guest of a line is made of.
package struct ConformKit: Sendable {
  package let facts: KernelFacts
  let image: KernelImage
  let initramfsFile: FilePath
  let initramfs: [UInt8]
  let monitor: [UInt8]
  let baseTree: [UInt8]
  let features: EmulatorFeatures

  /// - Parameter image: one that runs where it is loaded.
  package init(
    facts: KernelFacts, image: KernelImage, initramfs: FilePath, monitor: FilePath,
    baseTree: [UInt8], features: EmulatorFeatures
  ) throws(HostFileError) {
    self.facts = facts
    self.image = image
    initramfsFile = initramfs
    self.initramfs = try HostFile.read(initramfs, limit: 64 << 20)
    self.monitor = try HostFile.read(monitor, limit: 1 << 16)
    self.baseTree = baseTree
    self.features = features
  }
}
