// SPDX-License-Identifier: Apache-2.0
import HostFiles
import KernelFiles
import Quantities
import SystemPackage
import Testing

/// The kernel in a file of these bytes, and what it was taken out of.
struct Taken {
  let kernel: [UInt8]
  let configuration: [UInt8]?
  let wrappings: [String]
  let isBare: Bool

  init(_ bytes: [UInt8], for architecture: Architecture = .arm64) async throws {
    self = try await withFolder { folder in
      let file = folder.appending("kernel")
      try HostFile.write(bytes, to: file)
      return try await Taken(at: file, in: folder, for: architecture)
    }
  }

  init(at file: FilePath, in folder: FilePath, for architecture: Architecture = .arm64) async throws
  {
    let cache = ContentCache(root: folder.appending("cache"))
    let kernel = try await KernelFile(at: file, cache: cache).kernel(for: architecture)
    self.kernel = try HostFile.read(kernel.image, limit: 1 << 30)
    configuration = try kernel.configuration.map { try HostFile.read($0, limit: 1 << 20) }
    wrappings = kernel.wrappings
    isBare = kernel.isBare
  }
}

/// Why a file of these bytes is refused.
func refusal(_ bytes: [UInt8], for architecture: Architecture = .arm64) async throws -> String {
  let error = await #expect(throws: KernelFileError.self) {
    try await Taken(bytes, for: architecture)
  }
  return try #require(error).reason
}

@Suite struct KernelFileTests {
  /// A form's name and how the bytes of a bare kernel become it.
  enum Form: String, CaseIterable {
    case bare, gzip, bzip2, lzma, xz, lzo, lz4, zstd
    case zboot, zbootZstd, uImage, multi, uImageOfGzip, fit, fitOfXZ, fitBehindTree

    func bytes(of kernel: [UInt8], in folder: FilePath) async throws -> [UInt8] {
      func gzip() async throws -> [UInt8] { try await filtered(kernel, by: "gzip", ["-9nc"]) }
      switch self {
      case .bare: return kernel
      case .gzip: return try await gzip()
      case .bzip2: return try await filtered(kernel, by: "bzip2", ["-9c"])
      case .lzma: return try await filtered(kernel, by: "xz", ["--format=lzma", "-9c"])
      case .xz: return try await filtered(kernel, by: "xz", ["--check=crc32", "-9c"])
      case .lzo: return try await filtered(kernel, by: "lzop", ["-9c"])
      case .lz4: return try await filtered(kernel, by: "lz4", ["-l", "-9", "-c"])
      case .zstd: return try await filtered(kernel, by: "zstd", ["-22", "--ultra", "-c"])
      case .zboot: return KernelFilesTests.zboot(try await gzip(), compression: "gzip")
      case .zbootZstd:
        return KernelFilesTests.zboot(
          try await Form.zstd.bytes(of: kernel, in: folder), compression: "zstd22")
      case .uImage: return KernelFilesTests.uImage(kernel)
      case .multi:
        let sizes = [kernel.count, 8, 0].flatMap { SampleKernel.bigEndian(UInt32($0)) }
        return KernelFilesTests.uImage(sizes + kernel + [UInt8](repeating: 7, count: 8), type: 4)
      case .uImageOfGzip: return KernelFilesTests.uImage(try await gzip())
      case .fit: return try await FIT().blob(kernel, in: folder)
      case .fitOfXZ:
        return try await FIT().blob(try await Form.xz.bytes(of: kernel, in: folder), in: folder)
      case .fitBehindTree:
        let data = "data-offset = <0>; data-size = <\(kernel.count)>;"
        let tree = try await FIT().blob(data: data, in: folder)
        return tree + [UInt8](repeating: 0, count: -tree.count & 3) + kernel
      }
    }

    var wrappings: [String] {
      switch self {
      case .bare: []
      case .gzip, .bzip2, .lzma, .xz, .lzo, .lz4, .zstd: [rawValue]
      case .zboot: ["EFI zboot", "gzip"]
      case .zbootZstd: ["EFI zboot", "zstd"]
      case .uImage, .multi: ["uImage 'Linux-6.1'"]
      case .uImageOfGzip: ["uImage 'Linux-6.1'", "gzip"]
      case .fit, .fitBehindTree: ["FIT, kernel 'kernel-1' of configuration 'conf-1'"]
      case .fitOfXZ: ["FIT, kernel 'kernel-1' of configuration 'conf-1'", "xz"]
      }
    }
  }

  @Test(arguments: Form.allCases)
  func eachFormHasTheSameKernelInIt(form: Form) async throws {
    try await withFolder { folder in
      let taken = try await Taken(try await form.bytes(of: SampleKernel.image, in: folder))
      #expect(taken.kernel == SampleKernel.image)
      #expect(taken.wrappings == form.wrappings)
      #expect(taken.isBare == (form == .bare))
      #expect(taken.configuration == nil)
    }
  }

  /// What its name says is nobody's business; and the second time, nothing is unpacked.
  @Test func aFileIsUnpackedOnce() async throws {
    try await withFolder { folder in
      let file = folder.appending("README.txt")
      try HostFile.write(
        try await filtered(SampleKernel.image, by: "gzip", ["-c"]), to: file)
      let cache = ContentCache(root: folder.appending("cache"))
      let first = try await KernelFile(at: file, cache: cache).kernel(for: .arm64)
      let entry = try first.image.stat().inode
      let second = try await KernelFile(at: file, cache: cache).kernel(for: .arm64)
      #expect(first == second)
      #expect(try second.image.stat().inode == entry)
    }
  }

  @Test(arguments: Form.allCases)
  func aCutOneIsRefused(form: Form) async throws {
    try await withFolder { folder in
      let whole = try await form.bytes(of: SampleKernel.image, in: folder)
      let reason = try await refusal(Array(whole.prefix(whole.count / 2)))
      #expect(reason.contains("cut") || reason.contains("ends at byte"), "\(reason)")
      #expect(
        reason.contains("copy it again") || reason.contains("copy or build it again"), "\(reason)")
    }
  }

  /// Before Linux 5.18, the build put the unpacked size behind all but gzip's.
  @Test(arguments: [Form.bzip2, .lzma, .xz, .lzo, .lz4, .zstd])
  func theSizeThatOldBuildsAppendIsTakenOff(form: Form) async throws {
    try await withFolder { folder in
      let size = SampleKernel.littleEndian(UInt32(SampleKernel.image.count))
      let bytes = try await form.bytes(of: SampleKernel.image, in: folder) + size
      #expect(try await Taken(bytes).kernel == SampleKernel.image)
    }
  }

  /// An Image.gz-dtb.
  @Test func aDeviceTreeBehindTheDataIsNotTheKernels() async throws {
    let bytes = try await filtered(SampleKernel.image, by: "gzip", ["-c"])
    let tree: [UInt8] = [0xd0, 0x0d, 0xfe, 0xed] + [UInt8](repeating: 0, count: 100)
    #expect(try await Taken(bytes + tree).kernel == SampleKernel.image)
  }

  @Test func aDamagedOneIsRefused() async throws {
    var bytes = try await filtered(SampleKernel.image, by: "gzip", ["-c"])
    bytes[bytes.count / 2] ^= 0xff
    #expect(try await refusal(bytes) == "its gzip data is cut or damaged: copy or build it again")
    var image = uImage(SampleKernel.image)
    image[100] ^= 1
    #expect(try await refusal(image) == "it is a uImage whose content is damaged: copy it again")
    image = uImage(SampleKernel.image)
    image[20] ^= 1
    #expect(try await refusal(image) == "it is a uImage whose header is damaged: copy it again")
  }

  /// A file of some hundred kilobytes that would fill the disk.
  @Test func aBombIsRefused() async throws {
    let zeros = [UInt8](repeating: 0, count: KernelFile.unpackedLimit + 1)
    let bomb = try await filtered(zeros, by: "gzip", ["-1c"])
    #expect(bomb.count < 2 << 20)
    #expect(try await refusal(bomb) == "its gzip data has more than 256 MiB in it")
  }

  @Test func envelopesWithoutEndAreRefused() async throws {
    var bytes = SampleKernel.image
    for _ in 0...KernelFile.depthLimit { bytes = uImage(bytes) }
    let reason = try await refusal(bytes)
    #expect(reason.hasPrefix("inside of its uImage 'Linux-6.1', uImage"))
    #expect(reason.hasSuffix("it is wrapped once more: more than 4 times"))
  }

  @Test func aZImageIsBareOn32Bits() async throws {
    let taken = try await Taken(SampleKernel.zImage, for: .arm)
    #expect(taken.isBare)
    let wrapped = try await Taken(uImage(SampleKernel.zImage, architecture: 2), for: .arm)
    #expect(wrapped.kernel == SampleKernel.zImage)
    #expect(wrapped.wrappings == ["uImage 'Linux-6.1'"])
  }
}
