// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What the header of a 32-bit ARM zImage says: a kernel in front of which stands a program that
/// unpacks it.
///
/// arch/arm/boot/compressed/head.S and vmlinux.lds.S: a magic word at 0x24, and since Linux 5.8 at
/// 0x38 the place of a table with all that a boot loader has to know.
struct ZImage: Hashable {
  /// From the start of RAM to the kernel's first byte, once it is unpacked.
  let textOffset: UInt64
  /// Of the unpacked kernel, its BSS included.
  let kernelSize: ByteCount
  /// What the unpacking program takes behind its own last byte: BSS, stack and heap.
  let workSize: ByteCount

  /// An unpacked kernel must leave room for the rest of lowmem.
  private static let largest = ByteCount.mebibytes(256)
  /// Its BSS and stack are a few pages.
  private static let workBesidesHeap: UInt64 = 64 << 10

  /// - Parameter bytes: the whole file.
  /// - Throws: `KernelImage.Refusal` in words that follow the file's name.
  init(_ bytes: [UInt8]) throws(KernelImage.Refusal) {
    func word(_ offset: Int) throws(KernelImage.Refusal) -> Int {
      guard offset >= 0, offset <= bytes.count - 4 else {
        throw KernelImage.Refusal("it is cut short")
      }
      return bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    guard try word(0x30) == 0x0403_0201 else {
      throw KernelImage.Refusal("it is built for big-endian CPUs")
    }
    guard try word(0x2c) - (try word(0x28)) <= bytes.count else {
      throw KernelImage.Refusal("it is cut short")
    }
    let table = try word(0x38)
    // Six words: their number, a magic, the unpacked size's place, BSS, text offset, heap.
    guard try word(0x34) == 0x4545_4545, try word(table) >= 6, try word(table + 4) == 0x5a53_4c4b
    else {
      throw KernelImage.Refusal(
        "it does not say how much memory it needs: take a kernel of 5.8 or newer")
    }
    let unpacked = try word(try word(table + 8)) + (try word(table + 12))
    let textOffset = try word(table + 16)
    guard unpacked > 0, unpacked <= Self.largest.bytes,
      Alignment.page4K.isAligned(UInt64(textOffset)),
      textOffset <= Self.largest.bytes
    else {
      throw KernelImage.Refusal(
        "its header claims \(unpacked) bytes of memory from \(textOffset) on")
    }
    self.textOffset = UInt64(textOffset)
    kernelSize = ByteCount(UInt64(unpacked))
    workSize = ByteCount(UInt64(try word(table + 20)) + Self.workBesidesHeap)
  }
}
