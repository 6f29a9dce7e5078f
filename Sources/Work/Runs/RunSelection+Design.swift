// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import GuestImages
import GuestRequests
import Guests
import MemoryRequests
import Quantities

extension RunSelection {
  /// The guest that was chosen.
  var design: GuestDesign {
    var places = places
    places.taken =
      memoryReservations
      + regions.flatMap { request -> [PhysicalRange] in
        guard case .fixed(let ranges) = request.region.placement else { return [] }
        return ranges
      }
    let isOtherRAM =
      board.deviceTree != nil && ownTree.map { Board.banks(of: $0.banks) } != layout.banks
    return GuestDesign(
      architecture: board.architecture, cpuModel: board.cpu.model, cpuCount: cpuCount,
      ownTree: ownTree, banks: layout.banks, fillsInMemory: request.hasOtherRAM || isOtherRAM,
      bus: bus,
      commandLine: commandLine, regions: regions.map(\.region),
      memoryReservations: memoryReservations, consumers: consumers, fragment: fragment,
      fragmentConsumers: fragmentConsumers, places: places)
  }
}
