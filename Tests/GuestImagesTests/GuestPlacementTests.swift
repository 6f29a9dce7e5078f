// SPDX-License-Identifier: Apache-2.0
import GuestImages
import HostFiles
import Kernels
import Quantities
import SystemPackage
import Testing

@Suite struct GuestPlacementTests {
  /// An image of that size, with nothing in it but its header.
  private func image(size: UInt64, textOffset: UInt64 = 0) throws -> KernelImage {
    var header = [UInt8](repeating: 0, count: 64)
    for byte in 0..<8 {
      header[8 + byte] = UInt8(truncatingIfNeeded: textOffset >> (8 * byte))
      header[16 + byte] = UInt8(truncatingIfNeeded: size >> (8 * byte))
    }
    header.replaceSubrange(56..<60, with: Array("ARMd".utf8))
    let file = FilePath("/tmp/cmalab-placement-test-\(UInt64.random(in: 0 ... .max))")
    try HostFile.write(header, to: file)
    defer { _ = try? HostFile.remove(file) }
    return try KernelImage(at: file)
  }

  /// A zImage of 1 MiB that unpacks to `size` bytes at RAM's start plus 32 KiB.
  private func zImage(size: UInt32) throws -> KernelImage {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    // The header, and the table with the place of the unpacked size, BSS, text offset and heap.
    let words: [(Int, UInt32)] = [
      (0x24, 0x016f_2818), (0x2c, 1 << 20), (0x30, 0x0403_0201), (0x34, 0x4545_4545), (0x38, 0x100),
      (0x100, 6), (0x104, 0x5a53_4c4b), (0x108, 0x200), (0x10c, 0x1000), (0x110, 0x8000),
      (0x114, 0x1_0000), (0x200, size - 0x1000),
    ]
    for (offset, word) in words {
      for byte in 0..<4 { bytes[offset + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
    }
    let file = FilePath("/tmp/cmalab-placement-test-\(UInt64.random(in: 0 ... .max))")
    try HostFile.write(bytes, to: file)
    defer { _ = try? HostFile.remove(file) }
    return try KernelImage(at: file, for: .arm)
  }

  @Test func aFileThatIsGivenAPlaceLiesThere() throws {
    let bank = range(0x4000_0000, 0x4000_0000)
    let other = range(0x8_0000_0000, 0x1000_0000)
    func placement(_ given: GivenPlaces) throws -> GuestPlacement {
      try GuestPlacement(
        kernel: try image(size: 0x3c_0000), initramfsSize: ByteCount(0x1_0001), bank: bank,
        otherBanks: [other], given: given)
    }
    let moved = try placement(
      .init(
        initramfs: PhysicalAddress(0x8_0000_0000), deviceTree: PhysicalAddress(0x7fff_0008)))
    #expect(moved.initramfs == range(0x8_0000_0000, 0x1_0001))
    #expect(try moved.deviceTree(size: ByteCount(1000)) == range(0x7fff_0008, 1000))
    // The tree takes the initramfs's usual place.
    let alone = try placement(.init(initramfs: PhysicalAddress(0x7000_0000)))
    #expect(try alone.deviceTree(size: ByteCount(1000)).start.value == 0x403c_0000)
    for initramfs: UInt64 in [0x4000_0000, 0x3000_0000, 0x7fff_f000, 0x5000_0001] {
      #expect(throws: GuestImageError.self) {
        try placement(.init(initramfs: PhysicalAddress(initramfs)))
      }
    }
    let tree = try placement(.init(deviceTree: PhysicalAddress(0x403c_0000)))
    #expect(throws: GuestImageError.self) { try tree.deviceTree(size: ByteCount(1000)) }
  }

  /// It is entered behind everything else, and leaves the kernel tight at the start of RAM.
  @Test(arguments: [1, 0x1000, 0x6_8000, 0x1f_ffff, 0x20_0000] as [UInt64])
  func aZImageUnpacksOutOfTheWay(initramfsSize: UInt64) throws {
    let bank = range(0x8000_0000, 0x8000_0000)
    let placement = try GuestPlacement(
      kernel: try zImage(size: 0x32_ba30), initramfsSize: ByteCount(initramfsSize), bank: bank)
    #expect(placement.kernel == range(0x8000_8000, 0x32_ba30))
    #expect(placement.initramfs == range(0x8033_4000, initramfsSize))
    for treeSize: UInt64 in [1, 1483, 0x10_0000, 0x20_0000] {
      let tree = try placement.deviceTree(size: ByteCount(treeSize))
      // The kernel takes whole pages for the initramfs.
      #expect(tree.start.value % 0x1000 == 0)
      #expect(tree.start > placement.initramfs.last)
      #expect(tree.start.value >> 21 == tree.last.value >> 21)
      #expect(placement.entry > tree.last)
    }
    #expect(placement.entry.value % 0x20_0000 == 0)
    #expect(placement.entry.value < 0x8100_0000)
  }

  @Test func aKernelThatDoesNotUnpackIsEnteredWhereItRuns() throws {
    let placement = try GuestPlacement(
      kernel: try image(size: 0x1000), initramfsSize: ByteCount(1), bank: range(0, 0x1000_0000))
    #expect(placement.entry == placement.kernel.start)
  }

  /// From 128 MiB on it would take another address than the bank's for the start of RAM.
  @Test func aBankThatStartsJustBelowAWindowOfTheZImageIsRefused() throws {
    let image = try zImage(size: 0x32_ba30)
    let below = range(0x87e0_0000, 0x1000_0000)
    #expect(
      throws: GuestImageError.unpacksElsewhere(below, entry: PhysicalAddress(0x8840_0000))
    ) {
      try GuestPlacement(kernel: image, initramfsSize: ByteCount(0x1000), bank: below)
    }
    let within = range(0x8780_0000, 0x1000_0000)
    let placement = try GuestPlacement(
      kernel: image, initramfsSize: ByteCount(0x1000), bank: within)
    #expect(placement.kernel.start == PhysicalAddress(0x8780_8000))
  }

  @Test func aBankWithoutRoomToUnpackIsRefused() throws {
    let bank = range(0x8000_0000, 0x70_0000)
    #expect(throws: GuestImageError.self) {
      try GuestPlacement(
        kernel: try zImage(size: 0x32_ba30), initramfsSize: ByteCount(0x1000), bank: bank)
    }
  }

  @Test(
    arguments: [
      // Bank start, text offset; the kernel's first byte.
      (0, 0, 0), (0, 0x8_0000, 0x8_0000), (0x1000, 0, 0x20_0000), (0x20_0000, 0, 0x20_0000),
      (0x8000_1000, 0x8_0000, 0x8028_0000),
    ] as [(UInt64, UInt64, UInt64)])
  func theKernelLiesBehindABoundary(bank: UInt64, textOffset: UInt64, start: UInt64) throws {
    let placement = try GuestPlacement(
      kernel: try image(size: 0x40_0000, textOffset: textOffset), initramfsSize: ByteCount(5000),
      bank: range(bank, 0x1000_0000))
    #expect(placement.kernel == range(start, 0x40_0000))
  }

  @Test(arguments: [64, 4095, 4096, 4097, 0x40_0000 - 1, 0x40_0000, 0x40_0000 + 1] as [UInt64])
  func theFilesFollowEachOtherTightly(kernelSize: UInt64) throws {
    for initramfsSize: UInt64 in [1, 7, 8, 9, 4096, 4097] {
      for treeSize: UInt64 in [1, 1582, 0x1f_f000, 0x20_0000] {
        let bank = range(0x1000, 0x1000_0000)
        let placement = try GuestPlacement(
          kernel: try image(size: kernelSize), initramfsSize: ByteCount(initramfsSize), bank: bank)
        let tree = try placement.deviceTree(size: ByteCount(treeSize))
        #expect(placement.initramfs.start.value % 0x1000 == 0)
        #expect(!placement.initramfs.overlaps(placement.kernel))
        #expect(placement.initramfs.start.value - placement.kernel.last.value <= 0x1000)
        #expect(tree.start.value % 8 == 0)
        #expect(tree.start > placement.initramfs.last)
        #expect(tree.start.value >> 21 == tree.last.value >> 21)
        let gap = tree.start.value - placement.initramfs.last.value
        #expect(gap <= 8 || tree.start.value % 0x20_0000 == 0)
        #expect(bank.contains(placement.kernel) && bank.contains(tree))
        #expect(placement.initramfs.size.bytes == initramfsSize && tree.size.bytes == treeSize)
      }
    }
  }

  @Test func aTreeThatWouldCrossABoundaryIsMovedBehindIt() throws {
    let placement = try GuestPlacement(
      kernel: try image(size: 0x1f_0000), initramfsSize: ByteCount(0xf000),
      bank: range(0, 0x100_0000))
    #expect(try placement.deviceTree(size: ByteCount(0x1000)) == range(0x1f_f000, 0x1000))
    #expect(try placement.deviceTree(size: ByteCount(0x1001)) == range(0x20_0000, 0x1001))
  }

  /// The boot protocol's limit: such a tree cannot but cross a boundary.
  @Test func aTreeOfMoreThanABlockIsRefused() throws {
    let placement = try GuestPlacement(
      kernel: try image(size: 0x1000), initramfsSize: ByteCount(1), bank: range(0, 0x1000_0000))
    let size = ByteCount(0x20_0001)
    #expect(throws: GuestImageError.deviceTreeTooLarge(size)) {
      try placement.deviceTree(size: size)
    }
  }

  /// Kernel and initramfs take 0x41_0000 bytes, the tree a page.
  @Test func aBankThatIsTooSmallIsRefused() throws {
    let image = try image(size: 0x40_0000)
    let tooSmall = range(0, 0x40_f000)
    #expect(throws: GuestImageError.noRoom(in: tooSmall, needed: ByteCount(0x41_0000))) {
      try GuestPlacement(kernel: image, initramfsSize: ByteCount(0x1_0000), bank: tooSmall)
    }
    let tight = range(0, 0x41_0000)
    let placement = try GuestPlacement(
      kernel: image, initramfsSize: ByteCount(0x1_0000), bank: tight)
    let error = #expect(throws: GuestImageError.self) {
      try placement.deviceTree(size: ByteCount(0x1000))
    }
    #expect(error == .noRoom(in: tight, needed: ByteCount(0x41_1000)))
    #expect(
      error?.description
        == "the first bank, 0x0-0x40ffff, has 4160 KiB, and kernel, initramfs and device tree need "
        + "4164 KiB: give it more RAM")
    #expect(throws: GuestImageError.self) {
      try GuestPlacement(kernel: image, initramfsSize: ByteCount(1), bank: range(0x1000, 0x1000))
    }
  }
}
