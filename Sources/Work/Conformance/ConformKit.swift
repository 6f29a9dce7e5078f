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

  /// - Parameter kernel: of a 32-bit ARM one the guests start what is in the zImage, which no guest
  ///   then has to unpack, and which may start at any multiple of 2 MiB
  ///   (Documentation/arm/booting.rst; arch/arm/kernel/phys2virt.S).
  package init(
    facts: KernelFacts, kernel: BuiltKernel, initramfs: FilePath, monitor: FilePath,
    baseTree: [UInt8], features: EmulatorFeatures
  ) throws(HostFileError) {
    self.facts = facts
    image =
      switch kernel.architecture {
      case .arm64: kernel.image
      case .arm:
        KernelImage(
          unpackedFrom: kernel.image, at: kernel.buildFolder.pushing("arch/arm/boot/Image"))
      }
    initramfsFile = initramfs
    self.initramfs = try HostFile.read(initramfs, limit: 64 << 20)
    self.monitor = try HostFile.read(monitor, limit: 1 << 16)
    self.baseTree = baseTree
    self.features = features
  }
}
