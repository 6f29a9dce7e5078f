// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import SystemPackage

/// Takes one envelope after the other off a kernel.
struct KernelUnwrapping {
  private let path: FilePath
  private let architecture: Architecture
  /// What is left of the file.
  private(set) var bytes: [UInt8] = []
  /// The .config that a package has brought.
  private(set) var configuration: [UInt8]?
  /// What was taken off, outermost first.
  private(set) var wrappings: [String] = []

  init(of path: FilePath, for architecture: Architecture) {
    self.path = path
    self.architecture = architecture
  }

  /// - Throws: `KernelRefusal` where something else than a kernel of the architecture comes to light;
  ///   `HostFileError`, `ToolError`.
  mutating func run() async throws {
    try await begin()
    while true {
      let form = KernelForm(head)
      if form.isBare(for: architecture) {
        try Self.checkLength(of: head, byteCount: bytes.count)
        return
      }
      guard wrappings.count < KernelFile.depthLimit else {
        throw KernelRefusal("it is wrapped once more: more than \(KernelFile.depthLimit) times")
      }
      try await open(form)
      guard bytes.count <= KernelFile.unpackedLimit else {
        throw KernelRefusal("it has more than \(KernelFile.unpackedLimit >> 20) MiB")
      }
    }
  }

  private var head: [UInt8] { Array(bytes.prefix(KernelForm.headSize)) }

  /// Reads the file; of a package, what is wanted of it.
  private mutating func begin() async throws {
    let form = KernelForm(try HostFile.head(of: path, count: KernelForm.headSize))
    guard form == .debianPackage else {
      bytes = try HostFile.read(path, limit: KernelFile.sizeLimit)
      return
    }
    let package = try await KernelPackage(at: path)
      .kernel(for: architecture, limit: KernelFile.unpackedLimit)
    bytes = package.kernel.content
    configuration = package.configuration
    wrappings.append("Debian package \(package.kernel.name)")
  }

  /// Takes one envelope off.
  private mutating func open(_ form: KernelForm) async throws {
    switch form {
    case .compressed(let compression):
      bytes = try await compression.unpacked(bytes, limit: KernelFile.unpackedLimit)
      wrappings.append(compression.rawValue)
    case .zboot:
      let zboot = try ZbootImage(bytes, for: architecture)
      bytes = zboot.payload
      guard case .compressed = KernelForm(head) else {
        throw KernelRefusal("it is an EFI zboot image whose payload is not \(zboot.compression)")
      }
      wrappings.append("EFI zboot")
    case .uImage:
      let image = try UBootImage(bytes, for: architecture)
      bytes = image.payload
      wrappings.append("uImage '\(image.name)'")
    case .flattenedTree:
      let image = try FITImage(bytes, for: architecture, limit: KernelFile.sizeLimit)
      bytes = image.payload
      wrappings.append("FIT, kernel \(image.name)")
    case .image, .zImage, .debianPackage, .cut, .foreign:
      throw KernelRefusal(form.refusal(for: architecture) ?? "")
    }
  }

  /// An arm64 Image says itself how much memory it takes, not how long it is; with an EFI stub it has
  /// sections that say so.
  static func checkLength(of head: [UInt8], byteCount: Int) throws(KernelRefusal) {
    guard let end = PEFile(head)?.sectionsEnd, end > byteCount else { return }
    throw KernelRefusal(
      "it is a kernel of at least \(end) bytes that is cut after \(byteCount): copy or build it again"
    )
  }
}
