// SPDX-License-Identifier: Apache-2.0
package import BootLoaders
package import Kernels
package import Quantities

/// Where files of the boot are to lie; nil for where they usually do.
package struct GivenPlaces: Hashable, Sendable {
  package var initramfs: PhysicalAddress?
  package var deviceTree: PhysicalAddress?
  /// What is left free before a file that has no place given: from the first 2 MiB boundary of the
  /// bank to the kernel, from there to the initramfs, and from there to the device tree. Each is
  /// rounded down to what its file is aligned to.
  package var gaps: Gaps
  /// What puts the files that have no place given; nil for right behind the kernel.
  package var loader: BootLoader?
  /// What a loader leaves free: regions with an address.
  package var taken: [PhysicalRange] = []

  package struct Gaps: Hashable, Sendable {
    package var kernel: ByteCount
    package var initramfs: ByteCount
    package var deviceTree: ByteCount

    package init(
      kernel: ByteCount = .zero, initramfs: ByteCount = .zero, deviceTree: ByteCount = .zero
    ) {
      self.kernel = kernel
      self.initramfs = initramfs
      self.deviceTree = deviceTree
    }
  }

  package init(
    initramfs: PhysicalAddress? = nil, deviceTree: PhysicalAddress? = nil, gaps: Gaps = Gaps(),
    loader: BootLoader? = nil
  ) {
    self.initramfs = initramfs
    self.deviceTree = deviceTree
    self.gaps = gaps
    self.loader = loader
  }
}

/// Where kernel, initramfs and device tree lie in the guest, low and tight in the first bank:
/// whatever lies in the middle of a bank cuts its largest hole in two.
package struct GuestPlacement: Hashable, Sendable {
  /// What the running kernel occupies, its BSS included.
  package let kernel: PhysicalRange
  /// Where the kernel's file is loaded and entered: where it runs, or, of one that unpacks itself,
  /// behind everything else, where nothing is in the way of anything.
  package let entry: PhysicalAddress
  package let initramfs: PhysicalRange

  private let bank: PhysicalRange
  private let otherBanks: [PhysicalRange]
  private let given: GivenPlaces
  private let treeAlignment: Alignment

  /// - Parameters:
  ///   - bank: the first one.
  ///   - otherBanks: where a file may lie as well that is given a place.
  ///   - initramfsSize: more than 0 bytes.
  package init(
    kernel image: KernelImage, initramfsSize: ByteCount, bank: PhysicalRange,
    otherBanks: [PhysicalRange] = [], given: GivenPlaces = GivenPlaces()
  ) throws(GuestImageError) {
    self.bank = bank
    self.otherBanks = otherBanks
    self.given = given
    treeAlignment = image.architecture == .arm ? .page4K : .word
    let needed = ByteCount(image.imageSize.bytes + initramfsSize.bytes)
    // Documentation/arm64/booting.rst: text_offset bytes from a 2 MiB aligned base; a zImage rounds
    // the start of RAM in the same way (arch/arm/boot/compressed/fdt_check_mem_start.c).
    let kernelGap = Alignment.block2M.down(given.gaps.kernel.bytes)
    let initramfsGap = Alignment.page4K.down(given.gaps.initramfs.bytes)
    guard let base = Alignment.block2M.up(bank.start.value),
      let kernel = PhysicalRange(
        start: PhysicalAddress(base + kernelGap + image.textOffset), size: image.imageSize),
      let end = kernel.last.advanced(by: ByteCount(1 + initramfsGap)),
      let start = Alignment.page4K.up(end.value),
      let behind = PhysicalRange(start: PhysicalAddress(start), size: initramfsSize),
      bank.contains(given.initramfs == nil ? behind : kernel)
    else { throw .noRoom(in: bank, needed: needed) }
    self.kernel = kernel
    let banks = [bank] + otherBanks
    let loaded = given.loader?.initramfs(
      of: initramfsSize, in: banks, clearOf: given.taken + [kernel])
    let isLoaded = loaded.map { Self.isRoom($0, in: banks, clearOf: [kernel]) } ?? false
    initramfs =
      try given.initramfs.map { place throws(GuestImageError) in
        try Self.range(
          of: "initramfs", at: place, size: initramfsSize, .page4K, in: [bank] + otherBanks,
          clearOf: [(kernel, "kernel")])
      } ?? (isLoaded ? loaded : nil) ?? behind
    entry =
      try image.unpackingSize.map { size throws(GuestImageError) in
        try Self.entry(ofKernelUnpackingIn: size, behind: behind, bank: bank)
      } ?? kernel.start
  }

  /// Whether a file can lie where a loader would put it.
  private static func isRoom(
    _ range: PhysicalRange, in banks: [PhysicalRange], clearOf others: [PhysicalRange]
  ) -> Bool {
    banks.contains { $0.contains(range) } && !others.contains(where: range.overlaps)
  }

  /// The place that a user gave a file.
  private static func range(
    of what: String, at address: PhysicalAddress, size: ByteCount, _ alignment: Alignment,
    in banks: [PhysicalRange], clearOf others: [(range: PhysicalRange, name: String)]
  ) throws(GuestImageError) -> PhysicalRange {
    guard alignment.isAligned(address.value) else {
      throw .misplaced(what, address, why: "give a multiple of \(ByteCount(alignment.bytes))")
    }
    guard let range = PhysicalRange(start: address, size: size),
      banks.contains(where: { $0.contains(range) })
    else { throw .misplaced(what, address, why: "it needs \(size) of one bank") }
    if let other = others.first(where: { $0.range.overlaps(range) }) {
      throw .misplaced(what, address, why: "the \(other.name) is at \(other.range)")
    }
    return range
  }

  /// A zImage takes the 128 MiB window that it is in for the start of RAM, unless RAM starts
  /// inside of it (arch/arm/boot/compressed/head.S, AUTO_ZRELADDR).
  private static func entry(
    ofKernelUnpackingIn size: ByteCount, behind initramfs: PhysicalRange, bank: PhysicalRange
  ) throws(GuestImageError) -> PhysicalAddress {
    // A device tree behind the initramfs takes one block at most, and begins no block later.
    guard let block = Alignment.block2M.up(initramfs.last.value),
      let range = PhysicalRange(
        start: PhysicalAddress(block + Alignment.block2M.bytes), size: size),
      bank.contains(range)
    else { throw .noRoom(in: bank, needed: ByteCount(initramfs.size.bytes + size.bytes)) }
    guard range.start.value & ~(unpackingWindow - 1) <= bank.start.value else {
      throw .unpacksElsewhere(bank, entry: range.start)
    }
    return range.start
  }

  private static let unpackingWindow: UInt64 = 128 << 20

  /// Where a device tree of that size goes: behind the initramfs, at most 2 MiB and not over a 2 MiB
  /// boundary (booting.rst, section 2).
  ///
  /// 8-byte aligned on arm64. A 32-bit ARM kernel takes whole pages for the initramfs, and loses it
  /// if something else lies in one of them (init/initramfs.c, reserve_initrd_mem).
  package func deviceTree(size: ByteCount) throws(GuestImageError) -> PhysicalRange {
    let block = Alignment.block2M
    guard size.bytes <= block.bytes else { throw .deviceTreeTooLarge(size) }
    if let address = given.deviceTree {
      return try Self.range(
        of: "device tree", at: address, size: size, treeAlignment, in: [bank] + otherBanks,
        clearOf: [(kernel, "kernel"), (initramfs, "initramfs")])
    }
    let banks = [bank] + otherBanks
    if let loaded = given.loader?.deviceTree(
      of: size, in: banks, clearOf: given.taken + [kernel, initramfs]),
      Self.isRoom(loaded, in: banks, clearOf: [kernel, initramfs])
    {
      return loaded
    }
    let needed = ByteCount(kernel.size.bytes + initramfs.size.bytes + size.bytes)
    let isBehind = given.initramfs == nil && given.loader == nil
    let last = isBehind ? initramfs.last : kernel.last
    let behind =
      (last.value | (treeAlignment.bytes - 1)) + 1
      + treeAlignment.down(given.gaps.deviceTree.bytes)
    guard var tree = PhysicalRange(start: PhysicalAddress(behind), size: size) else {
      throw .noRoom(in: bank, needed: needed)
    }
    if block.down(tree.start.value) != block.down(tree.last.value),
      let boundary = block.up(tree.start.value),
      let moved = PhysicalRange(start: PhysicalAddress(boundary), size: size)
    {
      tree = moved
    }
    guard bank.contains(tree), !tree.overlaps(initramfs) else {
      throw .noRoom(in: bank, needed: needed)
    }
    return tree
  }
}
