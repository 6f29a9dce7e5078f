// SPDX-License-Identifier: Apache-2.0

import Digests
import Quantities

/// U-Boot's legacy image: a header of 64 bytes in front of its content, each with a CRC-32
/// (include/image.h, legacy_img_hdr; all words are big-endian).
struct UBootImage {
  let name: String
  let payload: [UInt8]

  private static let headerSize = 64
  /// IH_TYPE_KERNEL, IH_TYPE_MULTI, IH_TYPE_KERNEL_NOLOAD.
  private static let kernelTypes: [UInt8] = [2, 4, 14]
  private static let multiType: UInt8 = 4

  /// - Throws: `KernelRefusal` for one that is cut or damaged, or is not a kernel of the architecture.
  init(_ bytes: [UInt8], for architecture: Architecture) throws(KernelRefusal) {
    guard bytes.count > Self.headerSize, let size = bytes.bigEndian32(at: 12).map(Int.init),
      let name = bytes.text(at: 32, size: 32)
    else { throw KernelRefusal("it is a uImage that is cut: copy it again") }
    var header = Array(bytes.prefix(Self.headerSize))
    header.replaceSubrange(4..<8, with: [0, 0, 0, 0])
    guard CRC32.checksum(of: header[...]) == bytes.bigEndian32(at: 4) else {
      throw KernelRefusal("it is a uImage whose header is damaged: copy it again")
    }
    let code = bytes[29]
    guard code == Self.code(of: architecture) else {
      let other = Self.names[code] ?? "architecture \(code)"
      throw KernelRefusal("it is a uImage for \(other): this board is \(architecture.rawValue)")
    }
    let type = bytes[30]
    guard Self.kernelTypes.contains(type) else {
      throw KernelRefusal("it is a uImage of type \(type), not a kernel: give the kernel's")
    }
    guard size <= bytes.count - Self.headerSize else {
      throw KernelRefusal(
        "it is a uImage of \(Self.headerSize + size) bytes that is cut after \(bytes.count): "
          + "copy it again")
    }
    let content = bytes[Self.headerSize..<(Self.headerSize + size)]
    guard CRC32.checksum(of: content) == bytes.bigEndian32(at: 24) else {
      throw KernelRefusal("it is a uImage whose content is damaged: copy it again")
    }
    self.name = name
    payload = type == Self.multiType ? try Self.first(of: Array(content)) : Array(content)
  }

  /// The first of several files: their sizes stand in front of them, up to a zero.
  private static func first(of content: [UInt8]) throws(KernelRefusal) -> [UInt8] {
    var sizes: [Int] = []
    while let size = content.bigEndian32(at: 4 * sizes.count), size != 0 { sizes.append(Int(size)) }
    let start = 4 * (sizes.count + 1)
    guard let size = sizes.first, start + size <= content.count else {
      throw KernelRefusal("it is a uImage of several files whose sizes are wrong: make it again")
    }
    return Array(content[start..<(start + size)])
  }

  /// IH_ARCH_….
  private static func code(of architecture: Architecture) -> UInt8 {
    switch architecture {
    case .arm: 2
    case .arm64: 22
    }
  }

  private static let names: [UInt8: String] = [
    2: "arm", 3: "x86", 5: "mips", 6: "mips64", 7: "powerpc", 22: "arm64", 24: "x86-64",
    26: "riscv",
  ]
}
