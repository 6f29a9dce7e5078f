// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import SystemPackage

/// The root folder of a kernel's source.
struct SourceTree: Sendable {
  let root: FilePath

  init(at root: FilePath) {
    self.root = root
  }

  /// - Throws: `KernelError.notASource` for one that has no kernel of the target's architecture;
  ///   `KernelError.builtInPlace`.
  func check(for target: KernelTarget) throws(KernelError) {
    for part in [Self.makefile, "Kconfig", target.kconfig]
    where !HostFile.exists(root.pushing(FilePath(part))) {
      throw .notASource(root, "it has no \(part)")
    }
    // What the root's Makefile refuses to build out of its folder (outputmakefile).
    for part in ["include/config", "arch/\(target.architecture.rawValue)/include/generated"]
    where HostFile.exists(root.pushing(FilePath(part))) {
      throw .builtInPlace(root)
    }
  }

  /// - Throws: `KernelError` where the tree does not have what its configuration is to start from.
  func check(_ base: KernelBase, for architecture: Architecture) throws {
    switch base {
    case .fragments: break
    case .ownConfiguration: _ = try configuration(for: architecture)
    case .defconfig(let name):
      let folder = "arch/\(architecture.rawValue)/configs"
      let known = (try? HostFile.files(below: root.pushing(FilePath(folder))))?.map(\.string) ?? []
      let offered = known.filter { $0.hasSuffix(Self.defconfigSuffix) }.sorted()
      guard offered.contains(name) else {
        throw KernelError.unknownDefconfig(name, of: root.pushing(FilePath(folder)), known: offered)
      }
    }
  }

  /// The `.config` in the tree.
  ///
  /// - Throws: `KernelError.configurationOfOthers`, `HostFileError`.
  func configuration(for architecture: Architecture) throws -> [UInt8] {
    let file = root.appending(Self.configurationName)
    let bytes = try HostFile.read(file, limit: Self.configurationLimit)
    // The title of a finished one (Kconfig, mainmenu): one that people have written has none.
    let title = String(decoding: bytes.prefix(4096), as: UTF8.self)
      .firstMatch(of: /(?m)^# Linux\/([a-z0-9_]+) .* Kernel Configuration$/)
    if let title, title.1 != architecture.rawValue {
      throw KernelError.configurationOfOthers(file, String(title.1), architecture)
    }
    return bytes
  }

  /// Whether it has a `.config`, with which the root's Makefile refuses to build elsewhere.
  var isConfigured: Bool { HostFile.exists(root.appending(Self.configurationName)) }

  /// Makes a folder of links to what is in the tree but for its .config.
  func makeView(at folder: FilePath) throws(HostFileError) {
    try HostFile.remove(folder)
    try HostFile.createDirectory(folder)
    // A release that git has a say in would call every file of such a folder changed.
    let omitted = [Self.configurationName, ".git"]
    for name in try HostFile.names(in: root) where !omitted.contains(name) {
      try HostFile.makeLink(folder.appending(name), to: root.appending(name))
    }
  }

  /// `6.1.192`, from the first lines of the root's Makefile.
  ///
  /// - Throws: `KernelError.notASource`, `HostFileError`.
  var version: String {
    get throws {
      let text = String(
        decoding: try HostFile.read(root.appending(Self.makefile), limit: 1 << 20), as: UTF8.self)
      let parts = try ["VERSION", "PATCHLEVEL", "SUBLEVEL"].map { name in
        let prefix = "\(name) = "
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }) else {
          throw KernelError.notASource(root, "its Makefile has no \(name)")
        }
        return String(line.dropFirst(prefix.count))
      }
      return parts.joined(separator: ".")
    }
  }

  static let configurationName = ".config"
  /// Of bytes: that of a distribution's kernel has a fifth of a megabyte.
  static let configurationLimit = 4 << 20
  private static let makefile = "Makefile"
  /// `defconfig`, `imx_v8_defconfig`: what the kernel's makefile has a target for.
  private static let defconfigSuffix = "defconfig"
}
