// SPDX-License-Identifier: Apache-2.0

import Quantities
import YAMLFiles

extension NodeCursor {
  /// The layouts of a board, in the order of the file, none with RAM over a device window.
  ///
  /// - Parameter ramWindows: the board's, of the layouts that have none of their own.
  func layouts(
    clearOf devices: DeviceWindows, in ramWindows: [RAMWindow]
  ) throws(YAMLFileError) -> [BoardLayout] {
    let entries = try entries()
    guard !entries.isEmpty else {
      throw failure("the board has no layout: add one, as in 'stock: { summary: …, banks: … }'")
    }
    var layouts: [BoardLayout] = []
    for entry in entries {
      layouts.append(
        try entry.value.layout(
          name: try entry.key.name("a layout name"), clearOf: devices, in: ramWindows))
    }
    return layouts
  }

  private func layout(
    name: String, clearOf devices: DeviceWindows, in ramWindows: [RAMWindow]
  ) throws(YAMLFileError) -> BoardLayout {
    let fields = try fields(LayoutKey.self)
    return BoardLayout(
      name: name,
      summary: try fields.required(.summary).text(),
      banks: try fields.required(.banks).banks(clearOf: devices),
      ramWindows: try fields.optional(.physicalRAM)?.ramWindows() ?? ramWindows,
      reserved: try fields.optional(.reserved)?.reservedRegions() ?? [],
      memoryReservations: try fields.optional(.memreserve)?.memoryReservations() ?? [])
  }

  private func banks(clearOf devices: DeviceWindows) throws(YAMLFileError) -> [PhysicalRange] {
    var banks: [PlacedRange] = []
    for element in try elements(example: "- { base: 0x0, size: 2G }") {
      let fields = try element.fields(RangeKey.self)
      let range = try element.pageRange(from: fields.required(.base), size: fields.required(.size))
      for (device, window) in [("gic", devices.gic), ("uart", devices.uart)]
      where range.overlaps(window) {
        throw element.failure(
          "\(range) covers the window of devices.\(device), \(window): "
            + "shorten the bank or move the window")
      }
      banks.append(PlacedRange(range: range, place: element))
    }
    try banks.requireDisjoint()
    return banks.map(\.range).sorted()
  }
}
