// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import GuestImages
package import Kernels
package import Predictions
package import Quantities

/// A guest's memory, laid out to the last byte: nothing of it has been built or started.
package struct PlacedGuest: Sendable {
  let design: GuestDesign
  package let image: KernelImage
  package let cpu: GuestCPU
  /// The device tree.
  package let blob: [UInt8]
  /// dtc's, on the user's own fragment; empty for none.
  package let warnings: String
  /// What the running kernel occupies.
  package let kernel: PhysicalRange
  /// Where the kernel's file is loaded and entered.
  package let entry: PhysicalAddress
  package let initramfs: PhysicalRange
  package let deviceTree: PhysicalRange
  /// What the kernel finds when it starts.
  package let memory: EarlyMemory

  /// Lays a guest out.
  ///
  /// - Parameters:
  ///   - image: the kernel's, which may be one that is only assumed.
  ///   - initramfsSize: more than 0 bytes.
  ///   - baseTree: of the architecture.
  /// - Throws: `GuestImageError` where there is no room for it; `DeviceTreeError`, `FDTError`,
  ///   `ToolError` for a tree that cannot be made; `PlacedGuestError`.
  package init(
    _ design: GuestDesign, image: KernelImage, initramfsSize: ByteCount, baseTree: [UInt8]
  ) async throws {
    var design = design
    if let tree = design.ownTree {
      try design.moveHome(clearOf: tree, kernel: image, initramfsSize: initramfsSize)
    }
    self.design = design
    self.image = image
    cpu = GuestCPU(design.cpuModel, pageSize: image.pageSize)
    var otherBanks = design.banks
    let home = otherBanks.remove(at: design.homeBank)
    let placement = try GuestPlacement(
      kernel: image, initramfsSize: initramfsSize, bank: home, otherBanks: otherBanks,
      given: design.places)
    let tree = try await design.tree(
      cpuCompatible: cpu.compatible, initramfs: placement.initramfs, baseTree: baseTree)
    blob = tree.blob
    warnings = tree.warnings
    kernel = placement.kernel
    entry = placement.entry
    initramfs = placement.initramfs
    deviceTree = try placement.deviceTree(size: ByteCount(UInt64(blob.count)))
    guard
      let memory = EarlyMemory(
        blob: blob, at: deviceTree.start, kernel: placement.kernel.start)
    else { throw PlacedGuestError.unreadableTree }
    self.memory = memory
  }
}

/// Why a guest cannot be laid out, whatever the sizes of its files.
package enum PlacedGuestError: Error, Hashable, CustomStringConvertible {
  case unreadableTree
  /// No bank of an own tree has so much that no static region takes.
  case noClearRoom(ByteCount)

  package var description: String {
    switch self {
    case .unreadableTree: "the device tree cannot be read back"
    case .noClearRoom(let needed):
      "kernel, initramfs and device tree need \(needed), and no bank has so much at one place that "
        + "the tree's reserved-memory and /memreserve/ leave free: place files with --initramfs-at and "
        + "--dtb-at"
    }
  }
}
