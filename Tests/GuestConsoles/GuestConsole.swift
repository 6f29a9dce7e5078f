// SPDX-License-Identifier: Apache-2.0

// Console logs of real guests for the tests of whatever reads them, and the means to alter one such
// that its records still prove themselves.

import Foundation

/// The console log of a real guest, as QEMU wrote it.
package enum GuestConsole: String, CaseIterable, Sendable {
  /// A lean 6.1 kernel, 0x0+0xf0000000 and 0x8_0000_0000+0x10000000, `cma=3000M`: it passes.
  case wide = "wide-3000m"
  /// The same with four CPUs.
  case fourCPUs = "wide-3000m-4-cpus"
  /// The same layout under Debian's unmodified 6.1 kernel, which has no CMA in debugfs or sysfs.
  case debian = "debian-3000m"
  /// 0x0+0x7ff00000 and 0x8_0000_0000+0x80000000, `cma=2030M`: rounded up to 2032 MiB.
  case rounded = "stock-2030m"
  /// The same layout, `cma=2046M`: the kernel fails to reserve it and boots on.
  case unreserved = "stock-2046m"
  /// One bank 0x0+0x80000000, `cma=2000M`: reserved, and the kernel panics for want of memory.
  case panicked = "one-bank-2000m"
  /// A 32-bit ARM kernel without LPAE, 0x80000000+0x80000000, `cma=64M`, a reusable region of 56 MiB
  /// at 0x95800000 and a no-map one of 192 MiB at 0xa0000000: it passes.
  case arm = "arm-64m"

  /// Those that printed all their records.
  package static let finished = allCases.filter { $0 != .panicked }

  package var bytes: [UInt8] {
    get throws {
      guard
        let file = Bundle.module.url(
          forResource: rawValue, withExtension: "log", subdirectory: "Fixtures")
      else { throw CocoaError(.fileNoSuchFile) }
      return Array(try Data(contentsOf: file))
    }
  }
}
