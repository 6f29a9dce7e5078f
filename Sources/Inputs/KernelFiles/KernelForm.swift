// SPDX-License-Identifier: Apache-2.0

// The forms in which kernels are handed around: bare, compressed, in the envelopes of boot loaders
// and in distributions' packages. A file is taken for what its content says, never its name, and what
// is in it is taken out within limits.

package import Quantities

/// What a file that somebody takes for a kernel is, by its first bytes.
package enum KernelForm: Hashable, Sendable {
  /// An arm64 `Image` (Documentation/arm64/booting.rst, section 4).
  case image
  /// A 32-bit ARM kernel behind a program that unpacks it (arch/arm/boot/compressed/head.S).
  case zImage
  case compressed(Compression)
  /// A compressed arm64 Image behind an EFI program that unpacks it
  /// (drivers/firmware/efi/libstub/zboot-header.S).
  case zboot
  /// U-Boot's legacy image (include/image.h, IH_MAGIC).
  case uImage
  /// A flattened device tree, which U-Boot's FIT is as well.
  case flattenedTree
  case debianPackage
  /// Too short for any form, of so many bytes.
  case cut(Int)
  /// What is not a kernel that a guest boots, in words that follow "it".
  case foreign(String)

  /// How many bytes tell.
  package static let headSize = 1024
  /// The headers of an Image and of a uImage.
  private static let shortest = 64

  /// - Parameter head: the first ``headSize`` bytes of the file, or all of a shorter one.
  package init(_ head: [UInt8]) {
    func has(_ mark: [UInt8], at offset: Int = 0) -> Bool {
      head.dropFirst(offset).starts(with: mark)
    }
    func has(_ mark: String, at offset: Int = 0) -> Bool { has(Array(mark.utf8), at: offset) }

    if head.count < Self.shortest {
      self = .cut(head.count)
    } else if has("ARM\u{64}", at: 56) {
      self = .image
    } else if has([0x18, 0x28, 0x6f, 0x01], at: 0x24) {
      self = .zImage
    } else if has("zimg", at: 4), has("MZ") {
      self = .zboot
    } else if has([0x27, 0x05, 0x19, 0x56]) {
      self = .uImage
    } else if has([0xd0, 0x0d, 0xfe, 0xed]) {
      self = .flattenedTree
    } else if has("!<arch>\ndebian-binary") {
      self = .debianPackage
    } else if let compression = Compression(head) {
      self = .compressed(compression)
    } else {
      self = .foreign(Self.name(of: head, has: { has($0, at: $1) }))
    }
  }

  /// Whether a guest of that architecture boots it as it is.
  ///
  /// A zImage is: what unpacks it runs on the board, too, and it alone says how much memory the kernel
  /// in it takes, for which a bare kernel of 32-bit ARM has no header.
  package func isBare(for architecture: Architecture) -> Bool {
    switch architecture {
    case .arm64: self == .image
    case .arm: self == .zImage
    }
  }

  /// Why a guest of that architecture does not boot it as it is; nil where it does.
  package func refusal(for architecture: Architecture) -> String? {
    if isBare(for: architecture) { return nil }
    switch self {
    case .image: return "it is an arm64 Image: this board is 32-bit ARM"
    case .zImage: return "it is a 32-bit ARM zImage: this board is arm64"
    case .compressed(let compression): return "it is \(compression.rawValue) data"
    case .zboot: return "it is an EFI zboot image"
    case .uImage: return "it is a uImage"
    case .flattenedTree: return "it is a FIT or a device tree"
    case .debianPackage: return "it is a Debian package"
    case .cut(let count): return "it has only \(count) bytes, copy or build it again"
    case .foreign(let what): return "it \(what)\(Self.advice(for: architecture))"
    }
  }

  private static func advice(for architecture: Architecture) -> String {
    switch architecture {
    case .arm64: ": give arch/arm64/boot/Image or a distribution's vmlinuz"
    case .arm: ": give arch/arm/boot/zImage or a distribution's vmlinuz"
    }
  }

  /// What follows "it", of a file that is not a kernel of any form that is known here.
  private static func name(of head: [UInt8], has: (String, Int) -> Bool) -> String {
    if has("\u{7f}ELF", 0) {
      let machine = head.littleEndian16(at: 18).flatMap { ELFMachine.names[$0] }
      return "is an ELF file\(machine.map { " for \($0)" } ?? "") (a vmlinux?)"
    }
    if has("MZ", 0) {
      guard let machine = PEFile(head)?.machineName else {
        return "is an EFI program, not a kernel"
      }
      return "is an EFI program for \(machine), not a kernel that starts without EFI"
    }
    let marks: [(mark: String, offset: Int, name: String)] = [
      ("HdrS", 0x202, "is a bzImage for x86"),
      ("RSC\u{5}", 56, "is an Image for RISC-V"),
      ("ANDROID!", 0, "is an Android boot image, which unpack_bootimg takes apart"),
      ("VNDRBOOT", 0, "is an Android vendor boot image"),
      ("ustar", 257, "is a tar archive"),
      ("070701", 0, "is a cpio archive, an initramfs perhaps"),
      ("hsqs", 0, "is a squashfs file system"),
      ("!<arch>", 0, "is an ar archive, not a Debian package"),
      ("PK\u{3}\u{4}", 0, "is a zip archive"),
    ]
    if let known = marks.first(where: { has($0.mark, $0.offset) }) { return known.name }
    if head.starts(with: [0xed, 0xab, 0xee, 0xdb]) {
      return "is an RPM package, which rpm2cpio takes apart"
    }
    return "has none of the marks of a kernel"
  }
}

/// Machines of ELF files (elf.h, EM_…).
private enum ELFMachine {
  static let names: [UInt16: String] = [
    3: "x86", 8: "MIPS", 21: "64-bit PowerPC", 40: "32-bit ARM", 62: "x86-64", 183: "arm64",
    243: "RISC-V", 258: "LoongArch",
  ]
}
