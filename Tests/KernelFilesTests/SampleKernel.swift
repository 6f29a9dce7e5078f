// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage

/// A bare kernel of each architecture: a header, and bytes that compress.
enum SampleKernel {
  /// The header of an arm64 Image, with an EFI stub's sections (Documentation/arm64/booting.rst).
  static let image = image(size: 200_000)

  static func image(size: Int) -> [UInt8] {
    var bytes = filling(size)
    bytes.replaceSubrange(0..<64, with: repeatElement(0, count: 64))
    bytes.replaceSubrange(0..<2, with: Array("MZ".utf8))
    bytes.replaceSubrange(16..<24, with: littleEndian(UInt64(2 * size)))
    bytes.replaceSubrange(24..<32, with: littleEndian(0b1010))
    bytes.replaceSubrange(56..<60, with: Array("ARM\u{64}".utf8))
    bytes.replaceSubrange(60..<64, with: littleEndian(UInt32(64)))
    let header = peHeader(machine: 0xaa64, sectionStart: 4096, sectionSize: size - 4096)
    bytes.replaceSubrange(64..<(64 + header.count), with: header)
    return bytes
  }

  /// What cmalab looks at of a zImage here is its mark.
  static let zImage: [UInt8] = {
    var bytes = filling(100_000)
    bytes.replaceSubrange(0..<64, with: repeatElement(0, count: 64))
    bytes.replaceSubrange(0x24..<0x28, with: [0x18, 0x28, 0x6f, 0x01])
    return bytes
  }()

  /// One section, the minimum of Microsoft's "PE Format".
  static func peHeader(machine: UInt16, sectionStart: Int, sectionSize: Int) -> [UInt8] {
    var header = Array("PE\0\0".utf8) + littleEndian(machine) + littleEndian(UInt16(1))
    header += [UInt8](repeating: 0, count: 12) + littleEndian(UInt16(0)) + littleEndian(UInt16(0))
    header += Array(".text\0\0\0".utf8) + [UInt8](repeating: 0, count: 8)
    header += littleEndian(UInt32(sectionSize)) + littleEndian(UInt32(sectionStart))
    return header + [UInt8](repeating: 0, count: 16)
  }

  /// Every byte value, in an order that no compressor makes nothing of.
  private static func filling(_ count: Int) -> [UInt8] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 28)
    }
  }

  static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  static func bigEndian(_ number: UInt32) -> [UInt8] { littleEndian(number).reversed() }
}

/// Writes bytes through one of the host's programs.
func filtered(_ bytes: [UInt8], by program: String, _ arguments: [String]) async throws -> [UInt8] {
  try await ToolCommand(.named(program), arguments)
    .output(input: bytes, limit: 512 << 20)
}

/// A folder of a test's own, removed when the test is over.
func withFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
  let folder = FilePath("/tmp/cmalab-kernel-files-test-\(UInt64.random(in: 0 ... .max))")
  try HostFile.createDirectory(folder)
  defer { _ = try? HostFile.remove(folder) }
  return try await body(folder)
}
