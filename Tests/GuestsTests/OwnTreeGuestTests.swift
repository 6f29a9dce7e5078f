// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import FlattenedTree
import GuestImages
import Guests
import HostFiles
import Kernels
import Predictions
import Quantities
import SystemPackage
import Testing

/// Where a guest lies that has a board's own tree.
@Suite struct OwnTreeGuestTests {
  private static let kernel = KernelImage(assumedSize: .mebibytes(4), architecture: .arm64)

  private static func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
    try #require(PhysicalRange(at: start, bytes: size))
  }

  /// A tree with these banks, and regions that nothing else may touch.
  private static func tree(
    _ banks: [PhysicalRange], taken: [PhysicalRange]
  ) throws -> OwnTree {
    func cells(_ range: PhysicalRange) -> [UInt32] {
      [range.start.value, range.size.bytes].flatMap {
        [UInt32($0 >> 32), UInt32($0 & 0xffff_ffff)]
      }
    }
    var tree = try FlattenedTree()
    func prepare(_ node: NodePath) throws {
      try tree.set("#address-cells", of: node, to: .cells([2]))
      try tree.set("#size-cells", of: node, to: .cells([2]))
    }
    try prepare(.root)
    let reserved = try tree.addNode("reserved-memory", under: .root)
    try prepare(reserved)
    try tree.set("ranges", of: reserved, to: .flag)
    for range in taken {
      let name = "firmware@\(String(range.start.value, radix: 16))"
      let node = try tree.addNode(name, under: reserved)
      try tree.set("reg", of: node, to: .cells(cells(range)))
      try tree.set("no-map", of: node, to: .flag)
    }
    let memory = try tree.addNode("memory@0", under: .root)
    try tree.set("device_type", of: memory, to: .string("memory"))
    try tree.set("reg", of: memory, to: .cells(banks.flatMap(cells)))
    try tree.pack()
    return try OwnTree(tree.blob)
  }

  private static func placed(
    _ banks: [PhysicalRange], taken: [PhysicalRange], places: GivenPlaces = GivenPlaces()
  ) async throws -> PlacedGuest {
    let checkout = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    let bus = DeviceBus(
      gic: try range(0x7f_f000_0000, 0x20_0000), uart: try range(0x7f_f020_0000, 0x20_0000))
    return try await PlacedGuest(
      GuestDesign(
        architecture: .arm64, cpuModel: "cortex-a57", cpuCount: 1,
        ownTree: try tree(banks, taken: taken), banks: banks, bus: bus,
        commandLine: "console=ttyAMA0", regions: [], memoryReservations: [], places: places),
      image: kernel, initramfsSize: .mebibytes(1),
      baseTree: try await DTC().blob(of: checkout.pushing("dts/arm64-virt.dts")).blob)
  }

  @Test func whatTheTreeTakesIsLeftAlone() async throws {
    let bank = try Self.range(0x8000_0000, 0x1000_0000)
    // The gap between the first two is too small.
    let taken = [
      try Self.range(0x8000_0000, 0x10_0000), try Self.range(0x8040_0000, 0x20_0000),
      try Self.range(0x9000_0000 - 0x1000, 0x1000),
    ]
    let guest = try await Self.placed([bank], taken: taken)
    #expect(guest.kernel.start == PhysicalAddress(0x8060_0000))
    for range in [guest.kernel, guest.initramfs, guest.deviceTree] {
      #expect(bank.contains(range))
      for other in taken { #expect(!range.overlaps(other), "\(range) and \(other)") }
    }
    #expect(guest.memory.banks == [bank])
    #expect(guest.memory.initramfs == guest.initramfs)
    #expect(guest.memory.reservedMemory?.nodes.count == 3)
  }

  @Test func aBankThatIsTakenIsPassedOver() async throws {
    let banks = [
      try Self.range(0x8000_0000, 0x1000_0000), try Self.range(0xa000_0000, 0x1000_0000),
    ]
    let guest = try await Self.placed(banks, taken: [banks[0]])
    #expect(guest.kernel.start == banks[1].start)
  }

  @Test func withoutRoomItSaysWhatToDo() async throws {
    let bank = try Self.range(0x8000_0000, 0x1000_0000)
    let taken = try stride(from: UInt64(0x8000_0000), to: 0x9000_0000, by: 0x40_0000).map {
      try Self.range($0, 0x1000)
    }
    let error = await #expect(throws: PlacedGuestError.self) {
      try await Self.placed([bank], taken: taken)
    }
    #expect(error?.description.contains("--initramfs-at") == true)
  }

  @Test func filesThatAreGivenAPlaceAreThere() async throws {
    let bank = try Self.range(0x8000_0000, 0x1000_0000)
    let guest = try await Self.placed(
      [bank], taken: [try Self.range(0x8000_0000, 0x10_0000)],
      places: GivenPlaces(
        initramfs: PhysicalAddress(0x8f00_0000), deviceTree: PhysicalAddress(0x8f80_0000)))
    #expect(guest.kernel.start == PhysicalAddress(0x8020_0000))
    #expect(guest.initramfs.start == PhysicalAddress(0x8f00_0000))
    #expect(guest.deviceTree.start == PhysicalAddress(0x8f80_0000))
  }
}
