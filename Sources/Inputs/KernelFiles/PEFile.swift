// SPDX-License-Identifier: Apache-2.0

/// What the header of an EFI program says (Microsoft's "PE Format"): arm64 kernels with an EFI stub have
/// one as well (arch/arm64/kernel/efi-header.S).
struct PEFile: Hashable {
  private let machine: UInt16
  /// Where the last section ends in the file.
  let sectionsEnd: Int

  /// - Parameter head: the first bytes of the file; nil where they do not hold such a header.
  init?(_ head: [UInt8]) {
    guard head.starts(with: Array("MZ".utf8)), let offset = head.littleEndian32(at: 0x3c),
      head.dropFirst(Int(offset)).starts(with: Array("PE\0\0".utf8)),
      let machine = head.littleEndian16(at: Int(offset) + 4),
      let count = head.littleEndian16(at: Int(offset) + 6),
      let optionalSize = head.littleEndian16(at: Int(offset) + 20)
    else { return nil }
    self.machine = machine
    let table = Int(offset) + 24 + Int(optionalSize)
    sectionsEnd =
      (0..<Int(count)).compactMap { index in
        let section = table + 40 * index
        guard let size = head.littleEndian32(at: section + 16),
          let place = head.littleEndian32(at: section + 20)
        else { return nil }
        return Int(size) + Int(place)
      }.max() ?? 0
  }

  /// Nil for one that has no name here.
  var machineName: String? { Self.names[machine] }

  private static let names: [UInt16: String] = [
    0x014c: "x86", 0x01c0: "32-bit ARM", 0x01c2: "32-bit ARM", 0x01c4: "32-bit ARM",
    0x5064: "RISC-V", 0x6264: "LoongArch", 0x8664: "x86-64", 0xaa64: "arm64",
  ]
}
