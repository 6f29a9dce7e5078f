// SPDX-License-Identifier: Apache-2.0
import HostFiles
import KernelFiles
import Quantities
import SystemPackage
import Testing

/// What is not a kernel for the board is named as what it is.
@Suite struct ForeignFileTests {
  @Test func anotherArchitectureIsNamed() async throws {
    #expect(
      try await refusal(SampleKernel.zImage) == "it is a 32-bit ARM zImage: this board is arm64")
    #expect(
      try await refusal(SampleKernel.image, for: .arm)
        == "it is an arm64 Image: this board is 32-bit ARM")
    #expect(
      try await refusal(uImage(SampleKernel.image, architecture: 24))
        == "it is a uImage for x86-64: this board is arm64")
    #expect(
      try await refusal(uImage(SampleKernel.zImage, architecture: 99), for: .arm)
        == "it is a uImage for architecture 99: this board is arm")
    let packed = try await filtered(SampleKernel.zImage, by: "gzip", ["-c"])
    #expect(
      try await refusal(packed)
        == "inside of its gzip, it is a 32-bit ARM zImage: this board is arm64")
    #expect(
      try await refusal(zboot(packed, compression: "gzip", machine: 0x5064))
        == "it is an EFI zboot image for RISC-V: this board is arm64")
    try await withFolder { folder in
      let fit = try await FIT(architecture: "arm").blob(SampleKernel.image, in: folder)
      #expect(
        try await refusal(fit)
          == "it is a FIT whose kernel 'kernel-1' is for 'arm': this board is arm64")
    }
  }

  @Test(
    arguments: [
      ([0x7f] + Array("ELF".utf8), 0, "it is an ELF file (a vmlinux?): give arch/arm64/boot/Image"),
      (Array("HdrS".utf8), 0x202, "it is a bzImage for x86: give"),
      (Array("RSC\u{5}".utf8), 56, "it is an Image for RISC-V"),
      (Array("ANDROID!".utf8), 0, "it is an Android boot image, which unpack_bootimg takes apart"),
      (Array("ustar".utf8), 257, "it is a tar archive"),
      (Array("070701".utf8), 0, "it is a cpio archive, an initramfs perhaps"),
      ([0xed, 0xab, 0xee, 0xdb], 0, "it is an RPM package, which rpm2cpio takes apart"),
      (Array("!<arch>\nlibfoo.o/".utf8), 0, "it is an ar archive, not a Debian package"),
      (Array("MZ".utf8), 0, "it is an EFI program, not a kernel"),
      (Array("#!/bin/sh\n".utf8), 0, "it has none of the marks of a kernel"),
      ([], 0, "it has none of the marks of a kernel"),
    ] as [([UInt8], Int, String)])
  func whatElseAFileMayBe(mark: [UInt8], offset: Int, reason: String) async throws {
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes.replaceSubrange(offset..<(offset + mark.count), with: mark)
    let refusal = try await refusal(bytes)
    #expect(refusal.hasPrefix(reason))
    #expect(refusal.hasSuffix(": give arch/arm64/boot/Image or a distribution's vmlinuz"))
  }

  @Test(arguments: [(62, "x86-64"), (183, "arm64")] as [(UInt16, String)])
  func theMachineOfAnELFFileIsNamed(code: UInt16, name: String) async throws {
    var bytes = [0x7f] + Array("ELF".utf8) + [UInt8](repeating: 0, count: 508)
    bytes.replaceSubrange(18..<20, with: SampleKernel.littleEndian(code))
    #expect(try await refusal(bytes).hasPrefix("it is an ELF file for \(name) (a vmlinux?)"))
  }

  @Test(arguments: [0, 1, 2, 63])
  func aFileOfAFewBytesIsCut(count: Int) async throws {
    #expect(
      try await refusal(Array(SampleKernel.image.prefix(count)))
        == "it has only \(count) bytes, copy or build it again")
  }

  @Test func aZbootImageHasWhatItSays() async throws {
    let payload = try await filtered(SampleKernel.image, by: "gzip", ["-c"])
    let reason = try await refusal(
      zboot(payload, compression: "gzip", claimed: payload.count + 1000))
    #expect(reason.hasPrefix("it is an EFI zboot image whose payload ends at byte"))
    let bare = try await refusal(zboot(SampleKernel.image, compression: "zstd22"))
    #expect(bare == "it is an EFI zboot image whose payload is not zstd22")
  }

  @Test func aUImageIsAKernels() async throws {
    let reason = try await refusal(uImage(SampleKernel.image, type: 3))
    #expect(reason == "it is a uImage of type 3, not a kernel: give the kernel's")
  }

  /// The kernel is the default configuration's, and no other is taken for it.
  @Test func aFITSaysWhichKernelIsMeant() async throws {
    func refused(_ fit: FIT) async throws -> String {
      try await withFolder { folder in
        try await refusal(try await fit.blob(SampleKernel.image, in: folder))
      }
    }
    #expect(
      try await refused(FIT(choice: "", configurations: ["conf-1", "conf-2"]))
        == "it is a FIT without a default configuration: set one of 'conf-1', 'conf-2'")
    #expect(
      try await refused(FIT(choice: "default = \"conf-9\";"))
        == "it is a FIT without its default configuration 'conf-9'")
    let hash = "hash-1 { algo = \"crc32\"; value = <0>; };"
    #expect(
      try await refused(FIT(kernel: hash))
        == "it is a FIT whose kernel is damaged ('hash-1'): copy it again")
    #expect(
      try await refused(FIT(configurations: [], type: "firmware")).hasPrefix(
        "it is a FIT without configurations and with 0 kernels"))
    try await withFolder { folder in
      let only = try await FIT(choice: "").blob(SampleKernel.image, in: folder)
      #expect(
        try await Taken(only).wrappings == ["FIT, kernel 'kernel-1' of configuration 'conf-1'"])
      let sole = try await FIT(configurations: []).blob(SampleKernel.image, in: folder)
      #expect(try await Taken(sole).wrappings == ["FIT, kernel 'kernel-1'"])
    }
  }

  @Test func aBoardsTreeIsNoFIT() async throws {
    try await withFolder { folder in
      let source = folder.appending("board.dts")
      try HostFile.write(Array("/dts-v1/; / { compatible = \"a,board\"; };".utf8), to: source)
      let blob = try await filtered([], by: "dtc", ["-q", "-O", "dtb", source.string])
      #expect(
        try await refusal(blob) == "it is a device tree, not a FIT: give it with --dtb")
    }
  }
}
