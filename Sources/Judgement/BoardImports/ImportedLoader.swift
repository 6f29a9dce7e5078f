// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Explanations
import Quantities

/// Where a boot loader says that it put kernel, initramfs and device tree: as addresses, which hold
/// whatever its settings were.
struct ImportedLoader: Sendable {
  let kernel: Figure<PhysicalAddress>?
  let initramfs: Figure<PhysicalRange>?
  let deviceTree: Figure<PhysicalAddress>?
  /// Places that no guest can have.
  let remarks: [String]

  /// Nil where it says nothing of them.
  init?(_ view: BoardView, banks: [PhysicalRange]) {
    let loader = view.boot.loader
    let listed = view.boot.architecture?.value == .arm ? nil : view.listing?.kernel
    guard
      loader.kernel != nil || loader.ramdisk != nil || loader.deviceTree != nil || listed != nil
    else { return nil }
    var remarks: [String] = []
    /// As a figure where a guest's file can lie there.
    func figure<Value>(
      _ what: String, _ logged: Logged<Value>?, if isPossible: (Value) -> Bool
    ) -> Figure<Value>? {
      guard let logged else { return nil }
      let origin = view.origin(logged.lines)
      guard isPossible(logged.value) else {
        remarks.append("the boot loader put the \(what) at \(logged.value) (\(origin))")
        return nil
      }
      return Figure(logged.value, origin)
    }
    func isInRAM(_ range: PhysicalRange) -> Bool { banks.contains { $0.contains(range) } }
    // A zImage unpacks itself to another place (arch/arm/boot/compressed/head.S).
    let offset: UInt64 = view.boot.architecture?.value == .arm ? 0x8000 : 0
    let logged = figure("kernel", loader.kernel) { start in
      start.value >= offset && Alignment.block2M.isAligned(start.value - offset)
        && banks.contains { $0.contains(start) }
    }
    let start = listed.map { Figure($0.value.imageStart, view.listingOrigin($0.lines)) }
      .flatMap { start in banks.contains { $0.contains(start.value) } ? start : nil }
    if let logged, let start, logged.value != start.value {
      remarks.append(
        "the kernel's place is /proc/iomem's; the boot loader put it at \(logged.value) "
          + "(\(logged.origin))")
    }
    kernel = start ?? logged
    initramfs = figure("initramfs", loader.ramdisk) { range in
      Alignment.page4K.isAligned(range.start.value) && isInRAM(range)
    }
    let tree = figure("device tree", loader.deviceTree) { range in
      Alignment.page4K.isAligned(range.start.value) && isInRAM(range)
    }
    deviceTree = tree.map { Figure($0.value.start, $0.origin) }
    self.remarks = remarks
  }

  /// The key of a board file, and its value.
  var lines: [String] {
    var lines = ["loader:", "  name: other  # the addresses are what its settings came to"]
    if let kernel { lines.append("  kernel: \(kernel.value)  # \(kernel.origin)") }
    if let initramfs {
      lines += [
        "  initramfs: \(initramfs.value.start)  # \(initramfs.origin)",
        "  initramfs-size: \(initramfs.value.size.kernelArgument)",
      ]
    }
    if let deviceTree {
      lines.append("  device-tree: \(deviceTree.value)  # \(deviceTree.origin)")
    }
    return lines.count > 2 ? lines : []
  }
}
