// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestRequests
import Guests
import MemoryRequests

extension RunSelection {
  /// The guest that was chosen.
  var design: GuestDesign {
    GuestDesign(
      architecture: board.architecture, cpuModel: board.cpu.model, cpuCount: cpuCount,
      ownTree: ownTree, banks: layout.banks, fillsInMemory: !request.banks.isEmpty, bus: bus,
      commandLine: commandLine, regions: regions.map(\.region),
      memoryReservations: memoryReservations, consumers: consumers, fragment: fragment,
      fragmentConsumers: fragmentConsumers, places: places)
  }
}
