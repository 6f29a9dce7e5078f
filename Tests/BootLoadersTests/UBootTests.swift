// SPDX-License-Identifier: Apache-2.0

import BootLoaders
import Quantities
import Testing

@Suite struct UBootTests {
  private static let banks = [
    LoaderCase.range(0, 0x7fff_ffff), LoaderCase.range(0x8_0000_0000, 0x8_7fff_ffff),
  ]

  private static func place(
    _ uBoot: UBoot, _ bytes: UInt64, taken: [PhysicalRange] = []
  ) -> PhysicalRange? {
    BootLoader.uBoot(uBoot).deviceTree(of: ByteCount(bytes), in: banks, clearOf: taken)
  }

  @Test func withoutSettingsItIsTheTopOfTheFirstBank() {
    #expect(Self.place(UBoot(), 0x1800) == LoaderCase.range(0x7fff_e000, 0x7fff_f7ff))
  }

  @Test func theCeilingBoundsItAndNoRegionIsTouched() {
    let uBoot = UBoot(fdtHigh: .below(PhysicalAddress(0x1000_0000)))
    #expect(Self.place(uBoot, 0x1000)?.start == PhysicalAddress(0xfff_f000))
    let taken = LoaderCase.range(0xfff_0800, 0xfff_ffff)
    #expect(Self.place(uBoot, 0x1000, taken: [taken])?.last.value == 0xffe_ffff)
  }

  @Test func inPlaceAndWithoutRoomItIsNowhere() {
    #expect(Self.place(UBoot(fdtHigh: .inPlace), 0x1000) == nil)
    #expect(Self.place(UBoot(low: PhysicalAddress(0x1000), size: ByteCount(0x1000)), 0x2000) == nil)
    #expect(Self.place(UBoot(), 0x1000, taken: Self.banks) == nil)
    #expect(Self.place(UBoot(low: PhysicalAddress(0x1_0000_0000)), 0x1000) == nil)
  }

  /// A window is an address and a size, whatever RAM is there.
  @Test func theWindowIsWhatIsAskedFor() {
    let uBoot = UBoot(low: PhysicalAddress(0x1000_0000), size: .mebibytes(64))
    #expect(uBoot.window(of: Self.banks) == LoaderCase.range(0x1000_0000, 0x13ff_ffff))
    #expect(Self.place(uBoot, 0x1000)?.start == PhysicalAddress(0x13ff_f000))
  }
}
