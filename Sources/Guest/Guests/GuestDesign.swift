// SPDX-License-Identifier: Apache-2.0

// Where guests are put together, for every command: a design and a kernel become a device tree,
// places for all files, what the model of early memory reads, and a machine to start. Whoever
// predicts a guest and whoever boots it has the same one.

package import DeviceTrees
package import GuestImages
package import MemoryRequests
package import Quantities
package import SystemPackage

/// A guest as values: what a user's choice of a board and a made-up case both come down to.
package struct GuestDesign: Sendable {
  package var architecture: Architecture
  /// QEMU's name of the board's CPUs; the guest's are others where these lack its page size.
  package var cpuModel: String
  package var cpuCount: Int
  /// A board's own tree in place of one of ours; the regions, reservations and consumers here come to
  /// what it has.
  package var ownTree: OwnTree?
  /// RAM, by address; of an own tree what is in its memory nodes, unless ``fillsInMemory``.
  package var banks: [PhysicalRange]
  /// Whether the banks are to be written into an own tree.
  package var fillsInMemory: Bool
  /// Of the bank that holds kernel, initramfs and device tree, unless a file is given another place.
  package var homeBank: Int
  package var bus: DeviceBus
  package var commandLine: String
  /// The children of /reserved-memory.
  package var regions: [ReservedRegion]
  /// `/memreserve/` entries.
  package var memoryReservations: [PhysicalRange]
  /// Devices for the test module.
  package var consumers: [Consumer]
  /// A user's own device-tree source, merged over everything else.
  package var fragment: FilePath?
  /// Devices for the test module, of regions that the fragment has, by the node's name.
  package var fragmentConsumers: [Consumer]
  package var places: GivenPlaces

  package init(
    architecture: Architecture, cpuModel: String, cpuCount: Int, ownTree: OwnTree? = nil,
    banks: [PhysicalRange], fillsInMemory: Bool = false, homeBank: Int = 0, bus: DeviceBus,
    commandLine: String, regions: [ReservedRegion], memoryReservations: [PhysicalRange],
    consumers: [Consumer] = [], fragment: FilePath? = nil, fragmentConsumers: [Consumer] = [],
    places: GivenPlaces = GivenPlaces()
  ) {
    self.architecture = architecture
    self.cpuModel = cpuModel
    self.cpuCount = cpuCount
    self.ownTree = ownTree
    self.banks = banks
    self.fillsInMemory = fillsInMemory
    self.homeBank = homeBank
    self.bus = bus
    self.commandLine = commandLine
    self.regions = regions
    self.memoryReservations = memoryReservations
    self.consumers = consumers
    self.fragment = fragment
    self.fragmentConsumers = fragmentConsumers
    self.places = places
  }

  /// How many bytes of the command line the kernel keeps.
  var commandLineLimit: Int {
    switch architecture {
    case .arm64: DeviceTreeRequest.arm64BootArgumentsLimit
    case .arm: DeviceTreeRequest.armBootArgumentsLimit
    }
  }
}
