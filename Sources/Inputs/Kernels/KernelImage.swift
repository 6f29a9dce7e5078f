// SPDX-License-Identifier: Apache-2.0

// Kernels to boot: where their source is, how they are configured and built, and what a built
// image says of itself.

import HostFiles
package import Quantities
package import SystemPackage

/// A bootable kernel on disk: an arm64 "Image" (Documentation/arm64/booting.rst, section 4), or a
/// 32-bit ARM zImage.
package struct KernelImage: Hashable, Sendable {
  package let path: FilePath
  package let architecture: Architecture
  /// Offset of the running kernel's first byte from a 2 MiB boundary, in bytes.
  package let textOffset: UInt64
  /// Memory that the running kernel occupies from that byte on, its BSS included.
  package let imageSize: ByteCount
  /// Memory that the file needs to unpack itself; nil for a kernel that runs where it is loaded.
  package let unpackingSize: ByteCount?
  /// The file's own size.
  package let fileSize: ByteCount
  /// The page size that it was built for; nil where the header does not say.
  package let pageSize: ByteCount?

  /// Reads and checks the header of an image.
  ///
  /// - Throws: `KernelError.notAnImage`, `HostFileError`.
  package init(at path: FilePath, for architecture: Architecture = .arm64) throws {
    let header = try HostFile.head(of: path, count: Self.headerSize)
    let fileSize: Int64
    do {
      fileSize = try path.stat().size
    } catch {
      throw HostFileError(.read, path, error.description)
    }
    switch architecture {
    case .arm64:
      try self.init(at: path, header: header, fileSize: UInt64(fileSize))
    case .arm:
      if let reason = Self.refusalForARM(of: header) { throw KernelError.notAnImage(path, reason) }
      try self.init(at: path, zImage: try HostFile.read(path, limit: Self.zImageLimit))
    }
  }

  /// An image that nobody has built yet, of a size that somebody assumes.
  ///
  /// - Parameter textOffset: of a 32-bit ARM kernel (arch/arm/Makefile, textofs-y).
  package init(
    assumedSize: ByteCount, architecture: Architecture = .arm64, textOffset: UInt64 = 0x8000
  ) {
    self.architecture = architecture
    imageSize = assumedSize
    fileSize = assumedSize
    switch architecture {
    case .arm64:
      path = FilePath("Image")
      self.textOffset = 0
      unpackingSize = nil
      pageSize = nil
    case .arm:
      path = FilePath("zImage")
      self.textOffset = textOffset
      // The file itself, which is smaller than what comes out of it, and some room to work in.
      unpackingSize = ByteCount(assumedSize.bytes + ByteCount.mebibytes(1).bytes)
      pageSize = .kibibytes(4)
    }
  }

  /// The kernel that a zImage unpacks, in a file of its own that runs where it is loaded.
  package init(unpackedFrom image: KernelImage, at path: FilePath) {
    self.path = path
    architecture = image.architecture
    textOffset = image.textOffset
    imageSize = image.imageSize
    unpackingSize = nil
    fileSize = image.fileSize
    pageSize = image.pageSize
  }

  /// A zImage has to lie, with all else, in the first 128 MiB of RAM.
  private static let zImageLimit = 64 << 20

  private init(at path: FilePath, zImage bytes: [UInt8]) throws(KernelError) {
    let zImage: ZImage
    do {
      zImage = try ZImage(bytes)
    } catch {
      throw .notAnImage(path, error.reason)
    }
    self.path = path
    architecture = .arm
    textOffset = zImage.textOffset
    imageSize = zImage.kernelSize
    unpackingSize = ByteCount(UInt64(bytes.count) + zImage.workSize.bytes)
    fileSize = ByteCount(UInt64(bytes.count))
    pageSize = .kibibytes(4)
  }

  /// Why these bytes are not the header of a zImage; nil where they are.
  private static func refusalForARM(of header: [UInt8]) -> String? {
    guard header.count == headerSize else {
      return "it has only \(header.count) bytes, copy or build it again"
    }
    let magic = header[ZImage.magicOffset..<(ZImage.magicOffset + ZImage.magic.count)]
    if Array(magic) == ZImage.magic { return nil }
    if Array(header[56..<60]) == Array("ARM\u{64}".utf8) {
      return "it is an arm64 Image: this board is 32-bit ARM"
    }
    return "it has no zImage header: give arch/arm/boot/zImage or a distribution's vmlinuz"
  }

  static let headerSize = 64

  /// - Parameters:
  ///   - header: the first 64 bytes of the file.
  ///   - fileSize: in bytes.
  init(at path: FilePath, header: [UInt8], fileSize: UInt64) throws(KernelError) {
    if let reason = Self.refusal(of: header) { throw .notAnImage(path, reason) }
    let imageSize = Self.word(header, at: 16)
    let flags = Self.word(header, at: 24)
    // Kernels before 3.17 leave image_size 0; larger than 1 GiB is no kernel.
    guard imageSize >= fileSize, imageSize <= ByteCount.gibibytes(1).bytes else {
      throw .notAnImage(
        path, "its header claims \(imageSize) bytes of memory for a file of \(fileSize)")
    }
    let textOffset = Self.word(header, at: 8)
    guard textOffset < Alignment.block2M.bytes, Alignment.page4K.isAligned(textOffset) else {
      throw .notAnImage(path, "its header's text offset is \(textOffset)")
    }
    self.path = path
    architecture = .arm64
    unpackingSize = nil
    self.textOffset = textOffset
    self.imageSize = ByteCount(imageSize)
    self.fileSize = ByteCount(fileSize)
    // Bits 1-2: 1 is 4K, 2 is 16K, 3 is 64K.
    pageSize = [1: ByteCount.kibibytes(4), 2: .kibibytes(16), 3: .kibibytes(64)][flags >> 1 & 3]
  }

  /// Why these bytes are not the header of a little-endian arm64 image; nil where they are.
  private static func refusal(of header: [UInt8]) -> String? {
    guard header.count == headerSize else {
      return "it has only \(header.count) bytes, copy or build it again"
    }
    if Array(header[56..<60]) == Array("ARM\u{64}".utf8) {
      return word(header, at: 24) & 1 == 0 ? nil : "it is built for big-endian CPUs"
    }
    if header.starts(with: [0x1f, 0x8b]) {
      return "it is compressed: unpack it first (gzip -dc FILE > Image)"
    }
    if header[4..<8] == ArraySlice("zimg".utf8) {
      return "it is an EFI zboot image: unpack the Image inside it first"
    }
    if Array(header[ZImage.magicOffset..<(ZImage.magicOffset + 4)]) == ZImage.magic {
      return "it is a 32-bit ARM zImage: this board is arm64"
    }
    if header.starts(with: Array("MZ".utf8)) {
      return "it is an EFI program for another architecture: give the arm64 one"
    }
    if header.starts(with: [0x7f] + Array("ELF".utf8)) {
      return "it is an ELF file (a vmlinux?): give arch/arm64/boot/Image"
    }
    return "it has no arm64 image header: give arch/arm64/boot/Image or a distribution's vmlinuz"
  }

  private static func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
