// SPDX-License-Identifier: Apache-2.0

package import HostFiles
package import Quantities
package import SystemPackage

/// A kernel as its owner has it: bare, compressed, in a boot loader's envelope or in a package.
package struct KernelFile: Sendable {
  private let path: FilePath
  private let cache: ContentCache

  /// Of a file as it is given, in bytes.
  static let sizeLimit = 512 << 20
  /// Of what comes out of any of its envelopes, in bytes.
  package static let unpackedLimit = 256 << 20
  /// Envelopes in each other: a package has a zboot image, and that compressed data.
  package static let depthLimit = 4

  /// Changes when the same file would be unpacked otherwise.
  private static let recipe = "1"
  private static let kind = "unpacked-kernels"
  private static let imageName = "Image"
  private static let configurationName = "config"
  private static let wrappingsName = "wrappings"

  package init(at path: FilePath, cache: ContentCache) {
    self.path = path
    self.cache = cache
  }

  /// The bare kernel; unpacked once, and kept by content.
  ///
  /// - Throws: `KernelFileError` for a file that is cut, is of no form that is known, or is for another
  ///   architecture; `HostFileError`, `ToolError`, `ContentCacheError`.
  package func kernel(for architecture: Architecture) async throws -> UnwrappedKernel {
    let head = try HostFile.head(of: path, count: KernelForm.headSize)
    let form = KernelForm(head)
    if form.isBare(for: architecture) {
      do {
        try KernelUnwrapping.checkLength(
          of: head, byteCount: Int(try HostFile.size(of: path).bytes))
      } catch let refusal as KernelRefusal {
        throw KernelFileError(path, refusal)
      }
      return UnwrappedKernel(file: path)
    }
    let entry = try await cache.entry(
      kind: Self.kind, key: try await key("kernel", for: architecture)
    ) { draft in
      var unwrapping = KernelUnwrapping(of: path, for: architecture)
      do {
        try await unwrapping.run()
      } catch let refusal as KernelRefusal {
        throw KernelFileError(path, inside: unwrapping.wrappings, refusal)
      }
      try HostFile.write(unwrapping.bytes, to: draft.appending(Self.imageName))
      if let configuration = unwrapping.configuration {
        try HostFile.write(configuration, to: draft.appending(Self.configurationName))
      }
      let wrappings = unwrapping.wrappings.joined(separator: "\n")
      try HostFile.write(Array(wrappings.utf8), to: draft.appending(Self.wrappingsName))
    }
    let configuration = entry.appending(Self.configurationName)
    let wrappings = String(
      decoding: try HostFile.read(entry.appending(Self.wrappingsName), limit: 1 << 16),
      as: UTF8.self)
    return UnwrappedKernel(
      file: path, image: entry.appending(Self.imageName),
      configuration: HostFile.exists(configuration) ? configuration : nil,
      wrappings: wrappings.split(separator: "\n").map(String.init))
  }

  /// The .config in this file: itself, or a package's.
  ///
  /// - Throws: as ``kernel(for:)``.
  package func configuration(for architecture: Architecture) async throws -> FilePath {
    let head = try HostFile.head(of: path, count: KernelForm.headSize)
    guard KernelForm(head) == .debianPackage else { return path }
    let entry = try await cache.entry(
      kind: Self.kind, key: try await key("configuration", for: architecture)
    ) { draft in
      do {
        let content = try await KernelPackage(at: path).configuration(for: architecture)
        try HostFile.write(content, to: draft.appending(Self.configurationName))
      } catch let refusal as KernelRefusal {
        throw KernelConfigurationFileError(path: path, reason: refusal.reason)
      }
    }
    return entry.appending(Self.configurationName)
  }

  private func key(_ what: String, for architecture: Architecture) async throws -> ContentKey {
    ContentKey([
      "recipe": Self.recipe, "what": what, "architecture": architecture.rawValue,
      "file": try await FileFingerprints(cache: cache).digest(of: path),
    ])
  }
}

/// A file out of which no .config can be taken.
package struct KernelConfigurationFileError: Error, Hashable, CustomStringConvertible {
  let path: FilePath
  let reason: String

  package var description: String { "\(path) has no .config to predict by: \(reason)" }
}

/// A bare kernel, and the file that it came in.
package struct UnwrappedKernel: Hashable, Sendable {
  /// As its owner gave it.
  package let file: FilePath
  /// An arm64 Image or a zImage: the file itself, or one of the cache.
  package let image: FilePath
  /// The .config that came with it, in the cache.
  package let configuration: FilePath?
  /// What it was taken out of, outermost first: `Debian package linux-image-6.1.0-50-arm64 …`, `gzip`.
  package let wrappings: [String]

  /// Whether the file is the kernel itself.
  package var isBare: Bool { wrappings.isEmpty }

  init(
    file: FilePath, image: FilePath, configuration: FilePath?, wrappings: [String]
  ) {
    self.file = file
    self.image = image
    self.configuration = configuration
    self.wrappings = wrappings
  }

  fileprivate init(file: FilePath) {
    self.init(file: file, image: file, configuration: nil, wrappings: [])
  }
}
