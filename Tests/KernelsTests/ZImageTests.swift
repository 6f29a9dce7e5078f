// SPDX-License-Identifier: Apache-2.0
import HostFiles
import Kernels
import Quantities
import SystemPackage
import Testing

/// A zImage of 64 KiB, to be altered.
private struct ZImageFile {
  var words: [Int: UInt32] = [
    0x24: 0x016f_2818, 0x28: 0, 0x2c: 0x1_0000, 0x30: 0x0403_0201, 0x34: 0x4545_4545, 0x38: 0x6204,
    // Words of the table, its magic, the unpacked size's place, BSS, text offset, heap.
    0x6204: 6, 0x6208: 0x5a53_4c4b, 0x620c: 0xfffc, 0x6210: 0x3_16b0, 0x6214: 0x8000,
    0x6218: 0x1_0000, 0xfffc: 0x2f_a380,
  ]
  var size = 0x1_0000

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 0x1_0000)
    for (offset, word) in words {
      for byte in 0..<4 { bytes[offset + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
    }
    return Array(bytes.prefix(size))
  }
}

@Suite struct ZImageTests {
  private func image(_ bytes: [UInt8]) throws -> KernelImage {
    try withFolder { folder in
      let file = folder.appending("zImage")
      try HostFile.write(bytes, to: file)
      return try KernelImage(at: file, for: .arm)
    }
  }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    let error = #expect(throws: KernelError.self) { try image(bytes) }
    guard case .notAnImage(_, let reason) = try #require(error) else { return "\(error as Any)" }
    return reason
  }

  @Test func aZImageSaysWhatItNeeds() throws {
    let image = try image(ZImageFile().bytes)
    #expect(image.architecture == .arm)
    #expect(image.textOffset == 0x8000)
    #expect(image.imageSize == ByteCount(0x2f_a380 + 0x3_16b0))
    #expect(image.fileSize == .kibibytes(64))
    // Its heap, and what its BSS and stack may take.
    #expect(image.unpackingSize == .kibibytes(64 + 64 + 64))
  }

  @Test func anOlderOneIsRefused() throws {
    var file = ZImageFile()
    file.words[0x34] = 0
    #expect(try refusal(file.bytes).hasPrefix("it does not say how much memory it needs"))
    file = ZImageFile()
    file.words[0x6204] = 4
    #expect(try refusal(file.bytes).hasPrefix("it does not say how much memory it needs"))
  }

  @Test(arguments: [64, 0x6200, 0xffff])
  func oneThatIsCutIsRefused(size: Int) throws {
    var file = ZImageFile()
    file.size = size
    #expect(try refusal(file.bytes) == "it is cut short")
  }

  @Test func oneForBigEndianCPUsIsRefused() throws {
    var file = ZImageFile()
    file.words[0x30] = 0x0102_0304
    #expect(try refusal(file.bytes) == "it is built for big-endian CPUs")
  }

  @Test(
    arguments: [
      (0x38, 0xffff_ff00), (0x38, 0xfffe), (0x620c, 0xffff_ffff), (0x620c, 0xfffd),
    ] as [(Int, UInt32)])
  func aPlaceOutsideTheFileIsRefused(offset: Int, value: UInt32) throws {
    var file = ZImageFile()
    file.words[offset] = value
    #expect(try refusal(file.bytes) == "it is cut short")
  }

  @Test(
    arguments: [(0xfffc, 0x4000_0000), (0x6210, 0xffff_ffff), (0x6214, 0x123)] as [(Int, UInt32)])
  func anAbsurdFigureIsRefused(offset: Int, value: UInt32) throws {
    var file = ZImageFile()
    file.words[offset] = value
    #expect(try refusal(file.bytes).hasPrefix("its header claims"))
  }

  @Test func theKernelOfAnotherArchitectureIsNamed() throws {
    var bytes = [UInt8](repeating: 0, count: 64)
    bytes.replaceSubrange(56..<60, with: Array("ARMd".utf8))
    #expect(try refusal(bytes) == "it is an arm64 Image: this board is 32-bit ARM")
    #expect(
      try refusal(Array(repeating: 0, count: 64)).hasPrefix("it has none of the marks of a kernel"))
    #expect(try refusal([1, 2, 3]).hasPrefix("it has only 3 bytes"))
  }
}
