// SPDX-License-Identifier: Apache-2.0

// Kernels to boot: where their source is, how they are configured and built, and what a built
// image says of itself.

import HostFiles
import KernelFiles
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
  /// - Parameter file: what its owner calls it: the file that it was taken out of.
  /// - Throws: `KernelError.notAnImage`, `HostFileError`.
  package init(
    at path: FilePath, for architecture: Architecture = .arm64, from file: FilePath? = nil
  ) throws {
    let header = try HostFile.head(of: path, count: KernelForm.headSize)
    let name = file ?? path
    if let reason = KernelForm(header).refusal(for: architecture) {
      throw KernelError.notAnImage(name, reason)
    }
    let fileSize: Int64
    do {
      fileSize = try path.stat().size
    } catch {
      throw HostFileError(.read, path, error.description)
    }
    do {
      switch architecture {
      case .arm64: try self.init(at: path, header: header, fileSize: UInt64(fileSize))
      case .arm: try self.init(at: path, zImage: try HostFile.read(path, limit: Self.zImageLimit))
      }
    } catch let refusal as Refusal {
      throw KernelError.notAnImage(name, refusal.reason)
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

  private init(at path: FilePath, zImage bytes: [UInt8]) throws(Refusal) {
    let zImage = try ZImage(bytes)
    self.path = path
    architecture = .arm
    textOffset = zImage.textOffset
    imageSize = zImage.kernelSize
    unpackingSize = ByteCount(UInt64(bytes.count) + zImage.workSize.bytes)
    fileSize = ByteCount(UInt64(bytes.count))
    pageSize = .kibibytes(4)
  }

  /// - Parameters:
  ///   - header: the first 64 bytes of the file, or more.
  ///   - fileSize: in bytes.
  private init(at path: FilePath, header: [UInt8], fileSize: UInt64) throws(Refusal) {
    let imageSize = Self.word(header, at: 16)
    let flags = Self.word(header, at: 24)
    guard flags & 1 == 0 else { throw Refusal("it is built for big-endian CPUs") }
    // Kernels before 3.17 leave image_size 0; larger than 1 GiB is no kernel.
    let largest = ByteCount.gibibytes(1).bytes
    guard imageSize >= fileSize, imageSize <= largest else {
      throw Refusal(
        "its header claims \(imageSize) bytes of memory for a file of \(fileSize)")
    }
    let textOffset = Self.word(header, at: 8)
    // Counted from a multiple of 2 MiB (Documentation/arch/arm64/booting.rst): 512 KiB before 5.8, more
    // than 16 MiB in vendors' trees for boot loaders that keep something below.
    guard textOffset <= largest, Alignment.page4K.isAligned(textOffset) else {
      throw Refusal("its header's text offset is \(textOffset)")
    }
    self.path = path
    architecture = .arm64
    unpackingSize = nil
    self.textOffset = textOffset
    self.imageSize = ByteCount(imageSize)
    self.fileSize = ByteCount(fileSize)
    // Bits 1 and 2 of the flags (Documentation/arch/arm64/booting.rst, section 4).
    pageSize =
      switch flags >> 1 & 3 {
      case 1: .kibibytes(4)
      case 2: .kibibytes(16)
      case 3: .kibibytes(64)
      default: nil
      }
  }

  private static func word(_ bytes: [UInt8], at offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Why bytes are not an image, in words that follow the file's name.
  struct Refusal: Error, Hashable {
    let reason: String

    init(_ reason: String) {
      self.reason = reason
    }
  }
}
