// SPDX-License-Identifier: Apache-2.0
import HostFiles
import KernelFiles
import Quantities
import SystemPackage
import Testing

/// Debian packages of kernels, made by dpkg-deb.
@Suite struct KernelPackageTests {
  private static let configuration = Array("# Linux/arm64 6.1.9 Kernel Configuration\n".utf8)

  /// The files of a package, and why it is refused.
  private func refused(
    _ files: [String: [UInt8]], architecture: String = "arm64"
  ) async throws -> String {
    try await withFolder { folder in
      let file = folder.appending("kernel.deb")
      try await debianPackage(files, architecture: architecture, at: file)
      let error = await #expect(throws: KernelFileError.self) {
        try await Taken(at: file, in: folder)
      }
      return try #require(error).reason
    }
  }

  /// As Debian has them in /boot, and since Linux 7.0 beside the modules; a distribution's older vmlinuz is
  /// the Image itself, newer ones are compressed.
  @Test(
    arguments: [
      ("boot/vmlinuz-6.1.0-9-test", "boot/config-6.1.0-9-test", "xz", false),
      ("boot/vmlinuz-6.1.0-9-test", "boot/config-6.1.0-9-test", "zstd", true),
      ("usr/lib/modules/6.1.0-9-test/vmlinuz", "usr/lib/modules/6.1.0-9-test/config", "gzip", true),
      ("lib/modules/6.1.0-9-test/Image", "boot/config-6.1.0-9-test", "none", false),
    ])
  func aPackageHasAKernelAndItsConfiguration(
    kernel: String, configuration: String, compression: String, isPacked: Bool
  ) async throws {
    try await withFolder { folder in
      let image = SampleKernel.image
      let content = isPacked ? try await filtered(image, by: "gzip", ["-c"]) : image
      let long = "lib/modules/6.1.0-9-test/kernel/" + String(repeating: "long/", count: 30)
      let file = folder.appending("a-file")
      try await debianPackage(
        [
          kernel: content, configuration: Self.configuration, long + "name.ko": Array("x".utf8),
          "boot/System.map-6.1.0-9-test": [], "a": [UInt8](repeating: 9, count: 1025),
        ], compression: compression, at: file)
      let taken = try await Taken(at: file, in: folder)
      #expect(taken.kernel == image)
      #expect(taken.configuration == Self.configuration)
      let name = "Debian package linux-image-6.1.0-9-test 6.1.9-1, \(kernel)"
      #expect(taken.wrappings == (isPacked ? [name, "gzip"] : [name]))

      let cache = ContentCache(root: folder.appending("cache"))
      let own = try await KernelFile(at: file, cache: cache).configuration(for: .arm64)
      #expect(try HostFile.read(own, limit: 1 << 20) == Self.configuration)
    }
  }

  @Test func whatAPackageLacksIsNamed() async throws {
    let config = ["boot/config-6.1.0-9-test": Self.configuration]
    let name = "it is the Debian package linux-image-6.1.0-9-test 6.1.9-1"
    #expect(
      try await refused(config)
        == "\(name), which has no kernel: give the one with the vmlinuz, on which it may depend "
        + "(linux-binary-…)")
    #expect(
      try await refused(["boot/vmlinuz-6.1": SampleKernel.image], architecture: "amd64")
        == "\(name) for amd64: this board is arm64")
    let two = ["boot/kernel7.img": SampleKernel.zImage, "boot/kernel8.img": SampleKernel.image]
    #expect(
      try await refused(two)
        == "\(name), which has several kernels: unpack it ('dpkg-deb --extract') and give one of "
        + "boot/kernel7.img, boot/kernel8.img")
    #expect(
      try await refused(["boot/vmlinuz-6.1": Array(repeating: 0, count: 1000)]).hasPrefix(
        "inside of its Debian package linux-image-6.1.0-9-test 6.1.9-1, boot/vmlinuz-6.1, it has none "
          + "of the marks of a kernel"))
    let packed = try await refused([
      "boot/vmlinuz-6.1": Array(SampleKernel.image.prefix(100_000)), "boot/config-6.1": [],
    ])
    #expect(packed.contains("it is a kernel of at least 200000 bytes that is cut after 100000"))
  }

  @Test func aPackageWithoutItsKernelsConfigurationIsTaken() async throws {
    try await withFolder { folder in
      let file = folder.appending("kernel.deb")
      try await debianPackage(["boot/vmlinuz-6.1": SampleKernel.image], at: file)
      #expect(try await Taken(at: file, in: folder).configuration == nil)
      let cache = ContentCache(root: folder.appending("cache"))
      let error = await #expect(throws: KernelConfigurationFileError.self) {
        try await KernelFile(at: file, cache: cache).configuration(for: .arm64)
      }
      let words = try #require(error).description
      #expect(words.hasPrefix("\(file) has no .config to predict by: it is the Debian package"))
    }
  }

  @Test func aCutPackageIsRefused() async throws {
    try await withFolder { folder in
      let file = folder.appending("kernel.deb")
      try await debianPackage(["boot/vmlinuz-6.1": SampleKernel.image], at: file)
      let whole = try HostFile.read(file, limit: 1 << 20)
      for count in [100, whole.count / 2, whole.count - 100] {
        let reason = try await refusal(Array(whole.prefix(count)))
        #expect(reason.hasPrefix("it is a Debian package that is cut or damaged ("), "\(reason)")
      }
    }
  }

  /// A .config that is not in a package is the file itself.
  @Test func aConfigurationAloneIsItself() async throws {
    try await withFolder { folder in
      let file = folder.appending("config")
      try HostFile.write(Self.configuration, to: file)
      let cache = ContentCache(root: folder.appending("cache"))
      #expect(try await KernelFile(at: file, cache: cache).configuration(for: .arm64) == file)
    }
  }
}
