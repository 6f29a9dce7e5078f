// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Where a guest of the board can have its own devices: no bank and no region lies there.
struct DevicePlaces {
  /// 2 MiB each, for the interrupt controller and for the console.
  let windows: [PhysicalRange]

  private static let size: UInt64 = 2 << 20

  /// - Parameter taken: in any order.
  init(avoiding taken: [PhysicalRange]) {
    var free: [PhysicalRange] = []
    // From the end of 32 bits down, where most boards have devices; above it where RAM fills all.
    let below = stride(from: (UInt64(1) << 32) - Self.size, to: 0, by: -Int(Self.size))
    let above = stride(from: UInt64(1) << 38, to: 1 << 39, by: Int(Self.size))
    func look(_ places: some Sequence<UInt64>) {
      for place in places where free.count < 2 {
        guard let window = PhysicalRange(at: place, bytes: Self.size),
          !taken.contains(where: { $0.overlaps(window) })
        else { continue }
        free.append(window)
      }
    }
    look(below)
    if free.count < 2 { look(above) }
    windows = free
  }
}
