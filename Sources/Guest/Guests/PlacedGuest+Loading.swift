// SPDX-License-Identifier: Apache-2.0

import GuestImages
package import Kernels
import Predictions
package import Quantities

extension PlacedGuest {
  /// Lays a guest out with its kernel where a boot loader puts it: where the user says, or else low
  /// in the first bank and clear of every region that has an address.
  ///
  /// - Throws: as ``init(_:image:initramfsSize:baseTree:)``; `GuestImageError` for an address where no
  ///   kernel can lie.
  package static func asLoaded(
    _ design: GuestDesign, kernelAt address: PhysicalAddress?, image: KernelImage,
    initramfsSize: ByteCount, baseTree: [UInt8]
  ) async throws -> PlacedGuest {
    func placed(_ design: GuestDesign) async throws -> PlacedGuest {
      try await PlacedGuest(
        design, image: image, initramfsSize: initramfsSize, baseTree: baseTree)
    }
    if let address { return try await placed(try design.placing(image, at: address)) }
    let low = try await placed(design)
    guard let moved = low.designClearOfRegions else { return low }
    return try await placed(moved)
  }

  /// The design with the kernel, and what follows it, at the first place that no static region takes;
  /// nil where nothing is in the way, or no bank has such a place.
  private var designClearOfRegions: GuestDesign? {
    let taken = memory.staticRanges
    var files = [kernel]
    let places = design.places
    if places.initramfs == nil, places.loader == nil { files.append(initramfs) }
    if places.deviceTree == nil, places.loader == nil { files.append(deviceTree) }
    guard files.contains(where: { file in taken.contains { $0.overlaps(file) } }) else {
      return nil
    }
    let block = Alignment.block2M
    let base = block.down(kernel.start.value)
    // A device tree does not cross a block's boundary: elsewhere it may begin a block later.
    let end = (files.map(\.last.value).max() ?? base) + block.bytes
    guard
      let place = design.banks.firstPlace(
        of: ByteCount(end - base), alignedTo: block, clearOf: taken),
      let bank = design.banks.firstIndex(where: { $0.contains(place) }),
      let first = block.up(design.banks[bank].start.value)
    else { return nil }
    var moved = design
    moved.homeBank = bank
    moved.places.gaps.kernel = ByteCount(place.start.value - first)
    return moved
  }
}

extension GuestDesign {
  /// The same with the kernel's first byte at an address.
  fileprivate func placing(
    _ image: KernelImage, at address: PhysicalAddress
  ) throws(GuestImageError) -> GuestDesign {
    let block = Alignment.block2M
    guard address.value >= image.textOffset, block.isAligned(address.value - image.textOffset)
    else {
      let offset = image.textOffset == 0 ? "" : ", and \(PhysicalAddress(image.textOffset))"
      throw .misplaced("kernel", address, why: "give a multiple of 2 MiB\(offset)")
    }
    let base = address.value - image.textOffset
    guard let range = PhysicalRange(start: address, size: image.imageSize),
      let bank = banks.firstIndex(where: { $0.contains(range) }),
      let first = block.up(banks[bank].start.value), first <= base
    else {
      throw .misplaced("kernel", address, why: "it needs \(image.imageSize) of one bank")
    }
    var design = self
    design.homeBank = bank
    design.places.gaps.kernel = ByteCount(base - first)
    return design
  }
}
