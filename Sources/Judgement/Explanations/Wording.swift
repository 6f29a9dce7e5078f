// SPDX-License-Identifier: Apache-2.0

import Quantities

extension [String] {
  /// `a`, `a and b`, `a, b and c`.
  var enumerated: String {
    guard count > 1, let last else { return first ?? "" }
    return dropLast().joined(separator: ", ") + " and " + last
  }
}

extension ByteCount {
  /// In MiB where that is exact, as the kernel writes pools; else as it is.
  var asKernelWrites: String {
    bytes >= 1 << 20 && bytes & ((1 << 20) - 1) == 0 ? "\(wholeMebibytes) MiB" : description
  }

  /// As ``asKernelWrites``, without a unit for nothing.
  var asTotal: String { bytes == 0 ? "0" : asKernelWrites }

  /// In pages' own amounts: `7.9 MiB`.
  var rounded: String {
    let units: [(shift: UInt64, name: String)] = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    for unit in units where bytes >> unit.shift > 0 {
      let tenths = ((bytes >> (unit.shift - 10)) * 10 + 512) >> 10
      return tenths % 10 == 0
        ? "\(tenths / 10) \(unit.name)" : "\(tenths / 10).\(tenths % 10) \(unit.name)"
    }
    return description
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension PhysicalAddress {
  /// `4 GiB` for a limit that is one.
  var asBorder: String {
    value >= 1 << 30 && value & ((1 << 30) - 1) == 0 ? "\(value >> 30) GiB" : description
  }
}
