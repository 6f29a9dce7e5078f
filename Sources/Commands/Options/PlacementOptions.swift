// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Quantities

/// Where the files of the boot lie.
struct PlacementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the initramfs lies (default: behind the kernel).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var initramfsAt: PhysicalAddress?

  @Option(
    help: ArgumentHelp(
      "Where the device tree lies (default: behind the initramfs).", valueName: "ADDRESS"),
    transform: { try PhysicalAddress(parsing: $0) })
  var dtbAt: PhysicalAddress?

  func apply(to request: inout GuestRequest) {
    request.places.initramfs = initramfsAt
    request.places.deviceTree = dtbAt
  }
}
