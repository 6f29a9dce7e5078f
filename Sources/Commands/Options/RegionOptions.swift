// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GuestRequests
import MemoryRequests
import Quantities

/// What the device tree keeps from the kernel's general use.
struct RegionOptions: GuestOptionGroup {
  @Option(
    help: ArgumentHelp(
      "A region of reserved-memory, \(RequestedRegion.syntax); may be given more than once.",
      valueName: "name=NAME,size=SIZE,…"),
    transform: { try RequestedRegion(parsing: $0) })
  var region: [RequestedRegion] = []

  @Option(
    help: ArgumentHelp(
      "A /memreserve/ entry of the device tree; may be given more than once.",
      valueName: "START-END|START+SIZE"),
    transform: { try RegionFields.range(parsing: $0) })
  var memreserve: [PhysicalRange] = []

  func apply(to request: inout GuestRequest) {
    request.regions = region
    request.memoryReservations = memreserve
  }
}
