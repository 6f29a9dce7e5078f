// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Quantities
import SystemPackage

/// The files of the boot beside the kernel: where they lie, and what is merged into the tree.
struct FileOptions: GuestOptionGroup {
  @Option(
    help: ArgumentHelp(
      "Where the kernel is, a multiple of 2 MiB (default: the first place that no region with an "
        + "address takes).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var kernelAt: PhysicalAddress?

  @Option(
    help: ArgumentHelp(
      "Where the initramfs is (default: behind the kernel).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var initramfsAt: PhysicalAddress?

  @Option(
    help: ArgumentHelp(
      "How much the initramfs takes, as that of the board (default: what the guest's own does).",
      valueName: "SIZE"),
    transform: { try ByteCount(parsing: $0) })
  var initramfsSize: ByteCount?

  @Option(
    help: ArgumentHelp(
      "Where the device tree is (default: behind the initramfs).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var dtbAt: PhysicalAddress?

  @Option(
    help: ArgumentHelp(
      "Device-tree source to merge over the generated tree: it refers to nodes by path, as in "
        + "&{/reserved-memory}."))
  var dtsAppend: FilePath?

  func apply(to request: inout GuestRequest) {
    request.places.kernel = kernelAt
    request.places.initramfs = initramfsAt
    request.places.initramfsSize = initramfsSize
    request.places.deviceTree = dtbAt
    request.fragment = dtsAppend
  }
}
