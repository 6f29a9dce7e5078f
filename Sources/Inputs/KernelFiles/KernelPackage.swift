// SPDX-License-Identifier: Apache-2.0

import DebianPackages
import Quantities
import SystemPackage

/// A Debian package that has a kernel, its .config, or both.
struct KernelPackage {
  private let archive: PackageArchive

  /// A .config has some 300 KiB.
  static let configurationLimit = 4 << 20

  init(at path: FilePath) {
    archive = PackageArchive(at: path)
  }

  /// A file of a package.
  struct Member {
    /// `linux-image-6.1.0-50-arm64 6.1.176-1, boot/vmlinuz-6.1.0-50-arm64`.
    let name: String
    let content: [UInt8]
  }

  /// The kernel, and its .config where the package has one.
  ///
  /// - Parameter limit: of the kernel's file, in bytes.
  /// - Throws: `KernelRefusal`, `ToolError`.
  func kernel(
    for architecture: Architecture, limit: Int
  ) async throws -> (kernel: Member, configuration: [UInt8]?) {
    try await refusing {
      let identity = try await identity(for: architecture)
      let files = try await archive.files(
        want: { name in
          if Self.isKernel(name) { return limit }
          return Self.isConfiguration(name) ? Self.configurationLimit : nil
        },
        isEnough: { $0.contains(where: Self.isKernel) && $0.contains(where: Self.isConfiguration) })
      let kernels = files.keys.filter(Self.isKernel).sorted()
      guard let kernel = kernels.first, let content = files[kernel] else {
        throw KernelRefusal(
          "it is the Debian package \(identity), which has no kernel: give the one with the vmlinuz, "
            + "on which it may depend (linux-binary-…)")
      }
      guard kernels.count == 1 else {
        throw KernelRefusal(
          "it is the Debian package \(identity), which has several kernels: unpack it "
            + "('dpkg-deb --extract') and give one of "
            + kernels.map { String(shown: $0.utf8) }.joined(separator: ", "))
      }
      return (
        Member(name: "\(identity), \(String(shown: kernel.utf8))", content: content),
        files.first { Self.isConfiguration($0.key) }?.value
      )
    }
  }

  /// The .config.
  ///
  /// - Throws: `KernelRefusal`, `ToolError`.
  func configuration(for architecture: Architecture) async throws -> [UInt8] {
    try await refusing {
      let identity = try await identity(for: architecture)
      let files = try await archive.files(
        want: { Self.isConfiguration($0) ? Self.configurationLimit : nil },
        isEnough: { !$0.isEmpty })
      guard let configuration = files.values.first else {
        throw KernelRefusal(
          "it is the Debian package \(identity), which has no .config: give the one with "
            + "boot/config-… or lib/modules/…/config")
      }
      return configuration
    }
  }

  private func identity(for architecture: Architecture) async throws -> String {
    let identity = try await archive.identity()
    let text = String(shown: "\(identity.name) \(identity.version)".utf8)
    guard Self.names(of: architecture).contains(identity.architecture) else {
      throw KernelRefusal(
        "it is the Debian package \(text) for \(String(shown: identity.architecture.utf8)): this "
          + "board is \(architecture.rawValue)")
    }
    return text
  }

  /// What Debian calls an architecture, and what is for every one.
  private static func names(of architecture: Architecture) -> [String] {
    switch architecture {
    case .arm64: ["arm64", "all"]
    case .arm: ["armhf", "armel", "all"]
    }
  }

  private func refusing<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as PackageArchiveError {
      throw KernelRefusal("\(error)")
    }
  }

  /// As Debian has it in /boot, and since Linux 7.0 beside the modules; as `make bindeb-pkg` has it; as
  /// others do.
  private static func isKernel(_ name: String) -> Bool {
    let parts = name.split(separator: "/")
    guard let file = parts.last else { return false }
    if parts.count == 2, parts[0] == "boot" {
      return ["vmlinuz", "Image", "zImage", "uImage"].contains { file.hasPrefix($0) }
        || file.hasPrefix("kernel") && file.hasSuffix(".img")
    }
    return isBesideModules(parts) && ["vmlinuz", "Image", "zImage"].contains(file)
  }

  private static func isConfiguration(_ name: String) -> Bool {
    let parts = name.split(separator: "/")
    guard let file = parts.last else { return false }
    if parts.count == 2, parts[0] == "boot" { return file.hasPrefix("config-") }
    return isBesideModules(parts) && file == "config"
  }

  /// `lib/modules/6.1.0-50-arm64/vmlinuz`, with or without `usr`.
  private static func isBesideModules(_ parts: [Substring]) -> Bool {
    let folders = parts.first == "usr" ? parts.dropFirst() : parts[...]
    return folders.count == 4 && folders.starts(with: ["lib", "modules"])
  }
}
