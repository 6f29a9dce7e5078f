// SPDX-License-Identifier: Apache-2.0
import HostFiles
import Kernels
import Quantities
import SystemPackage
import Testing

/// The first 64 bytes of an arm64 Image, to be altered.
private struct ImageHeader {
  var textOffset: UInt64 = 0
  var imageSize: UInt64 = 0x41_0000
  /// Little-endian, 4K pages, anywhere in memory.
  var flags: UInt64 = 0b1010
  var magic = Array("ARMd".utf8)
  /// An EFI stub makes an Image begin like this.
  var start = Array("MZ".utf8)

  var bytes: [UInt8] {
    var bytes = start + Array(repeating: 0, count: 8 - start.count)
    for word in [textOffset, imageSize, flags] {
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    return bytes + Array(repeating: 0, count: 24) + magic + [0, 0, 0, 0]
  }
}

@Suite struct KernelImageTests {
  private func image(_ bytes: [UInt8]) throws -> KernelImage {
    try withFolder { folder in
      let file = folder.appending("Image")
      try HostFile.write(bytes, to: file)
      return try KernelImage(at: file)
    }
  }

  /// Why the file is refused, without its name.
  private func refusal(_ bytes: [UInt8]) throws -> String {
    let error = #expect(throws: KernelError.self) { try image(bytes) }
    guard case .notAnImage(_, let reason) = try #require(error) else { return "\(error as Any)" }
    return reason
  }

  @Test func anImageSaysWhatItNeeds() throws {
    var header = ImageHeader()
    header.textOffset = 0x8_0000
    let image = try image(header.bytes + Array(repeating: 1, count: 1000))
    #expect(image.textOffset == 0x8_0000)
    header.textOffset = 0x108_0000
    #expect(try self.image(header.bytes).textOffset == 0x108_0000)
    #expect(image.imageSize == ByteCount(0x41_0000))
    #expect(image.fileSize == ByteCount(1064))
    #expect(image.pageSize == .kibibytes(4))
  }

  @Test(
    arguments: [
      (0b1010, .kibibytes(4)), (0b1100, .kibibytes(16)), (0b1110, .kibibytes(64)), (0b1000, nil),
      (0, nil),
    ] as [(UInt64, ByteCount?)])
  func thePageSizeStandsInTheFlags(flags: UInt64, pageSize: ByteCount?) throws {
    var header = ImageHeader()
    header.flags = flags
    #expect(try image(header.bytes).pageSize == pageSize)
  }

  @Test func anImageWithoutAnEFIStubIsOneToo() throws {
    var header = ImageHeader()
    header.start = [0, 0, 0, 0x14]
    #expect(try image(header.bytes).textOffset == 0)
  }

  @Test(arguments: [0, 1, 2, 40, 63])
  func aFileThatIsCutIsRefused(count: Int) throws {
    let bytes = Array(ImageHeader().bytes[..<count])
    #expect(try refusal(bytes).hasPrefix("it has only \(count) bytes"))
  }

  @Test func aBigEndianImageIsRefused() throws {
    var header = ImageHeader()
    header.flags |= 1
    #expect(try refusal(header.bytes) == "it is built for big-endian CPUs")
  }

  @Test(
    arguments: [0, 1, 63, 1 << 30 + 1, 1 << 40, 1 << 63, UInt64.max] as [UInt64])
  func anAbsurdSizeIsRefused(size: UInt64) throws {
    var header = ImageHeader()
    header.imageSize = size
    #expect(
      try refusal(header.bytes) == "its header claims \(size) bytes of memory for a file of 64")
  }

  @Test(arguments: [64, 1 << 30] as [UInt64])
  func theLimitsOfASizeAreTaken(size: UInt64) throws {
    var header = ImageHeader()
    header.imageSize = size
    #expect(try image(header.bytes).imageSize.bytes == size)
  }

  @Test(arguments: [1, 0x800, 0x4000_1000, UInt64.max] as [UInt64])
  func anAbsurdTextOffsetIsRefused(offset: UInt64) throws {
    var header = ImageHeader()
    header.textOffset = offset
    #expect(try refusal(header.bytes) == "its header's text offset is \(offset)")
  }

  @Test(
    arguments: [
      ([0x1f, 0x8b, 0x08], 0, "it is gzip data"),
      ([0x7f] + Array("ELF".utf8), 0, "it is an ELF file (a vmlinux?): give arch/arm64/boot/Image"),
      (Array("MZ".utf8), 0, "it is an EFI program, not a kernel"),
      (Array("MZ\0\0zimg".utf8), 0, "it is an EFI zboot image"),
      ([0x18, 0x28, 0x6f, 0x01], 36, "it is a 32-bit ARM zImage: this board is arm64"),
      ([], 0, "it has none of the marks of a kernel"),
      (Array("#!/bin/sh\n".utf8), 0, "it has none of the marks of a kernel"),
      (Array("ARMd".utf8), 55, "it has none of the marks of a kernel"),
    ] as [([UInt8], Int, String)])
  func whatElseAFileMayBe(mark: [UInt8], offset: Int, reason: String) throws {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes.replaceSubrange(offset..<(offset + mark.count), with: mark)
    #expect(try refusal(bytes).hasPrefix(reason))
  }

  @Test func aFileThatIsNotThereIsNamed() throws {
    try withFolder { folder in
      let error = #expect(throws: HostFileError.self) {
        try KernelImage(at: folder.appending("Image"))
      }
      #expect(error?.path == folder.appending("Image"))
      #expect(throws: HostFileError.self) { try KernelImage(at: folder) }
    }
  }

  @Test func theRefusalNamesTheFile() {
    let error = KernelError.notAnImage("some/Image", "it has only 3 bytes")
    #expect(error.description == "some/Image is not a kernel image to boot: it has only 3 bytes")
  }
}
