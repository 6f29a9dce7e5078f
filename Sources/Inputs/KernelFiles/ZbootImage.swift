// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A compressed kernel behind an EFI program (drivers/firmware/efi/libstub/zboot-header.S): at 8 and 12
/// are the payload's place and size, at 24 its compression's name.
struct ZbootImage {
  /// `gzip`, `zstd22`, `xzkern`, as the kernel's makefiles call it.
  let compression: String
  let payload: [UInt8]

  /// - Throws: `KernelRefusal` for one that is cut, or of another architecture.
  init(_ bytes: [UInt8], for architecture: Architecture) throws(KernelRefusal) {
    guard let offset = bytes.littleEndian32(at: 8), let size = bytes.littleEndian32(at: 12),
      let compression = bytes.text(at: 24, size: 32)
    else { throw KernelRefusal("it is an EFI zboot image that is cut: copy it again") }
    if let machine = PEFile(Array(bytes.prefix(KernelForm.headSize)))?.machineName,
      machine != architecture.name
    {
      throw KernelRefusal(
        "it is an EFI zboot image for \(machine): this board is \(architecture.name)")
    }
    let end = Int(offset) + Int(size)
    guard size > 0, end <= bytes.count else {
      throw KernelRefusal(
        "it is an EFI zboot image whose payload ends at byte \(end), of a file of "
          + "\(bytes.count): copy it again")
    }
    self.compression = compression
    payload = Array(bytes[Int(offset)..<end])
  }
}

extension Architecture {
  /// As a PE header's machine is called here.
  fileprivate var name: String {
    switch self {
    case .arm64: "arm64"
    case .arm: "32-bit ARM"
    }
  }
}
