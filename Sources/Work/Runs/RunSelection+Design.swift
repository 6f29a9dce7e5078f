// SPDX-License-Identifier: Apache-2.0

import Boards
import Guests
import MemoryRequests

extension RunSelection {
  /// The guest that was chosen.
  var design: GuestDesign {
    GuestDesign(
      architecture: board.architecture, cpuModel: board.cpu.model, cpuCount: cpuCount,
      banks: layout.banks, bus: bus, commandLine: commandLine, regions: regions.map(\.region),
      memoryReservations: memoryReservations, consumers: consumers, fragment: fragment,
      places: places)
  }
}
