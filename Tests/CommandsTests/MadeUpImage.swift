// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage

/// A program with the header of an arm64 kernel image, for guests that misbehave as no kernel does.
struct MadeUpImage {
  /// A64 instructions.
  let instructions: [UInt32]

  /// `b .`: never a word.
  static let silent = MadeUpImage(instructions: [0x1400_0000])

  /// Prints one letter on the board's PL011 and then hangs.
  static let hanging = MadeUpImage(instructions: [
    0xd2bf_e001,  // movz x1, #0xff00, lsl #16
    0x5280_0b02,  // movz w2, #'X'
    0x3900_0022,  // strb w2, [x1]
    0x1400_0000,  // b .
  ])

  /// Starts the CPU that it runs on, prints less PSCI's answer as a digit, and calls a hypervisor.
  static let startingItself = MadeUpImage(instructions: [
    0xd2bf_e013,  // movz x19, #0xff00, lsl #16
    0x5280_0060, 0x72b8_8000,  // CPU_ON, for 64-bit callers
    0xd280_0001,  // movz x1, #0
    0xd400_0003,  // smc #0
    0x5280_0602,  // movz w2, #'0'
    0x4b00_0042,  // sub w2, w2, w0
    0x3900_0262,  // strb w2, [x19]
    0x5280_0142,  // movz w2, #'\n'
    0x3900_0262,  // strb w2, [x19]
    0xd400_0002,  // hvc #0
    0x1400_0000,  // b .
  ])

  /// Documentation/arm64/booting.rst, section 4: code0 branches over the 64 bytes of the header.
  func write(to file: FilePath) throws {
    let size = UInt64(64 + 4 * instructions.count)
    let header: [UInt64] = [
      0x1400_0010,  // code0: b . + 64
      0,  // text_offset
      max(size, 4096),  // image_size
      1 << 1,  // flags: little-endian, 4K pages
      0, 0, 0,
      0x644d_5241,  // "ARM\x64"
    ]
    let bytes = header.flatMap(Self.bytes) + instructions.flatMap(Self.bytes)
    try HostFile.write(bytes, to: file)
  }

  /// The lowest byte first.
  private static func bytes(_ word: some FixedWidthInteger) -> [UInt8] {
    (0..<word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
  }
}
