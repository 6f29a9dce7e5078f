// SPDX-License-Identifier: Apache-2.0

import BoardLogs
import BootLoaders
import BootLogs
import Quantities
import Testing

/// A log whose boot loader says where it put things, and what that loader was told.
struct LoaderCase: Sendable, CustomTestStringConvertible {
  let name: String
  let loader: BootLoader
  let memory: [PhysicalRange]
  var taken: [PhysicalRange] = []

  var testDescription: String { name }

  static func range(_ start: UInt64, _ last: UInt64) -> PhysicalRange {
    guard let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
    else { fatalError("no range") }
    return range
  }

  private static let zynqMP = [range(0, 0x7fef_ffff), range(0x8_0000_0000, 0x8_7fff_ffff)]
  static let all = [
    // 128 MiB is all that older kernels of it map.
    LoaderCase(
      name: "zcu102-419-low-ramdisk", loader: .uBoot(UBoot(size: .mebibytes(128))), memory: zynqMP),
    LoaderCase(
      name: "zcu106-414-two-boots-2048-and-1900", loader: .uBoot(UBoot(size: .mebibytes(128))),
      memory: zynqMP),
    LoaderCase(
      name: "kv260-612-1024m-crlf",
      loader: .uBoot(UBoot(fdtHigh: .below(PhysicalAddress(0x1000_0000)))), memory: zynqMP),
    // 28 MiB fit below what U-Boot keeps for itself, and 66 KiB above it.
    LoaderCase(
      name: "zcu102-515-ramdisk-moves-pool",
      loader: .uBoot(UBoot(kept: range(0x7bbf_a000, 0x7fe0_0000))), memory: zynqMP),
    LoaderCase(
      name: "imx8mm-510158-ramdisk-below-top",
      loader: .uBoot(UBoot(kept: range(0xbf01_2000, 0xbfff_ffff))),
      memory: [range(0x4000_0000, 0xbfff_ffff)]),
    // include/configs/sunxi-common.h: bootm_size=0xa000000.
    LoaderCase(
      name: "a527-72-pool-over-secure-monitor",
      loader: .uBoot(UBoot(size: ByteCount(0xa00_0000))),
      memory: [range(0x4000_0000, 0xbfff_ffff)]),
    LoaderCase(
      name: "pi5-16k-618-numa8-complete",
      loader: .raspberryPi(RaspberryPi(end: PhysicalAddress(0x2f00_0000))),
      memory: [range(0, 0x3fbf_ffff)]),
  ]
}

@Suite struct LoaderCaseTests {
  /// From the sizes that a log tells, the addresses that it tells.
  @Test(arguments: LoaderCase.all)
  func theFilesLieWhereTheLogHasThem(_ made: LoaderCase) throws {
    let logged = try #require(BoardLogCase.all.first { $0.name == made.name })
    let boots = BootLog(try logged.log).boots
    #expect(!boots.isEmpty)
    for boot in boots {
      let tree = try #require(boot.loader.deviceTree?.value)
      var taken = made.taken
      if let initramfs = boot.loader.ramdisk?.value {
        #expect(
          made.loader.initramfs(of: initramfs.size, in: made.memory, clearOf: taken) == initramfs)
        taken.append(initramfs)
      }
      #expect(made.loader.deviceTree(of: tree.size, in: made.memory, clearOf: taken) == tree)
    }
  }

  /// Every case whose loader moves something is held to it.
  @Test func noMovedFileIsLeftOut() throws {
    let moved = try BoardLogCase.all.filter { logged in
      let text = String(decoding: try logged.log, as: UTF8.self)
      return text.contains("Loading Ramdisk to") || text.contains("Loading Device Tree to")
        || text.contains("Device tree loaded to")
    }
    #expect(Set(moved.map(\.name)) == Set(LoaderCase.all.map(\.name)))
  }
}
