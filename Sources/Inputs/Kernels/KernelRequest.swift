// SPDX-License-Identifier: Apache-2.0

package import HostFiles
package import MemoryRequests
package import Quantities
package import SystemPackage

/// What a kernel is built to run on.
package enum KernelTarget: Hashable, Sendable {
  /// - Parameter pageSize: nil for what the tree's own configuration has.
  case arm64(_ pageSize: PageSize?)
  /// - Parameter hasLPAE: 40-bit physical addresses and 64-bit page table entries; else 32 bits of
  ///   both.
  case arm(hasLPAE: Bool)

  package var architecture: Architecture {
    switch self {
    case .arm64: .arm64
    case .arm: .arm
    }
  }

  /// The names of the fragments that are its own.
  fileprivate var fragments: [String] {
    switch self {
    case .arm64(let pageSize): ["arm64"] + ofChoice(pageSize)
    case .arm(let hasLPAE): ["arm"] + (hasLPAE ? ["arm-lpae"] : [])
    }
  }

  /// The names of those that go with a configuration that is not of fragments.
  fileprivate var additionalFragments: [String] {
    switch self {
    case .arm64(let pageSize): ofChoice(pageSize)
    case .arm(let hasLPAE): ["guest-arm"] + (hasLPAE ? ["arm-lpae"] : [])
    }
  }

  private func ofChoice(_ pageSize: PageSize?) -> [String] {
    pageSize.map { ["page-\($0.rawValue)"] } ?? []
  }

  /// A file that a source tree has if it can be built for the architecture.
  var kconfig: String { "arch/\(architecture.rawValue)/Kconfig" }
}

extension KernelTarget: CustomStringConvertible {
  /// `arm64 4k`, `arm`, `arm lpae`.
  package var description: String {
    switch self {
    case .arm64(let pageSize): "arm64" + (pageSize.map { " \($0.rawValue)" } ?? "")
    case .arm(let hasLPAE): hasLPAE ? "arm lpae" : "arm"
    }
  }
}

/// A kernel to be built: from which source, with which options.
package struct KernelRequest: Hashable, Sendable {
  package enum Source: Hashable, Sendable {
    /// A line that we know, from the distribution's source package.
    case line(KernelLine)
    /// The user's own tree, built outside of it and again at every change.
    case tree(FilePath)
  }

  package let source: Source
  package let target: KernelTarget
  /// Whether the kernel's own checkers are built in (`kernel-config/debug.config`).
  package let isDebug: Bool
  /// Whether a debugger finds the source's lines and types (`kernel-config/debug-info.config`).
  package let hasDebugInfo: Bool
  /// The default pool that the configuration sets.
  package let pool: KconfigPool
  /// What its configuration starts from; of a line, the fragments.
  package let base: KernelBase
  /// What a user adds to it, over everything else.
  package let additions: [KernelOption]

  package init(
    source: Source, target: KernelTarget, isDebug: Bool = false, hasDebugInfo: Bool = false,
    pool: KconfigPool = .none, base: KernelBase = .fragments, additions: [KernelOption] = []
  ) {
    self.source = source
    self.target = target
    self.isDebug = isDebug
    self.hasDebugInfo = hasDebugInfo
    self.pool = pool
    self.base = base
    self.additions = additions
  }

  /// The kernel that differs from this one in nothing but the pool, which it does not set; nil where
  /// this one sets none.
  package var withoutPool: KernelRequest? {
    guard pool != .none else { return nil }
    return KernelRequest(
      source: source, target: target, isDebug: isDebug, hasDebugInfo: hasDebugInfo, base: base,
      additions: additions)
  }

  /// The kernel without pool and additions, of which this one is made; nil for itself.
  var sibling: KernelRequest? {
    guard pool != .none || !additions.isEmpty else { return nil }
    return KernelRequest(
      source: source, target: target, isDebug: isDebug, hasDebugInfo: hasDebugInfo, base: base)
  }

  /// The fragments of `kernel-config` that apply, in their order.
  func fragments(in folder: FilePath) -> [FilePath] {
    let ofTarget =
      base == .fragments
      ? ["base", "cma"] + target.fragments : ["guest"] + target.additionalFragments
    let names =
      ofTarget + (isDebug ? ["debug"] : []) + (hasDebugInfo ? ["debug-info"] : [])
    return names.map { folder.appending("\($0).config") }
  }
}

/// A kernel that is ready to boot.
package struct BuiltKernel: Hashable, Sendable {
  package let architecture: Architecture
  /// What it was built into.
  let folder: FilePath
  package let image: KernelImage
  /// Its finished .config.
  package let configuration: FilePath
  /// The build folder, prepared for building modules against.
  package let buildFolder: FilePath

  /// The kernel with its symbols; nil for one of which it was not kept.
  package var symbols: FilePath? {
    let file = buildFolder.appending("vmlinux")
    return HostFile.exists(file) ? file : nil
  }
}

extension BuiltKernel {
  /// A kernel in the folder that it was built into.
  ///
  /// - Throws: `KernelError` where there is no bootable image.
  init(at folder: FilePath, for architecture: Architecture) throws {
    self.architecture = architecture
    self.folder = folder
    image = try KernelImage(at: folder.appending(KernelBuild.imageName), for: architecture)
    configuration = folder.appending(KernelBuild.configurationName)
    buildFolder = folder.appending(KernelBuild.folderName)
  }

  /// What was asked of the configuration of the kernel in that folder.
  static func requestedOptions(in folder: FilePath) -> FilePath {
    folder.appending(KernelBuild.fragmentName)
  }

  /// What a user added to that of the kernel in that folder; no file where nothing was.
  static func additions(in folder: FilePath) -> FilePath { folder.appending("added.config") }

  /// What `uname -r` says in it: `6.1.192`.
  package func release() throws(HostFileError) -> String {
    let file = buildFolder.pushing("include/config/kernel.release")
    let text = String(decoding: try HostFile.read(file, limit: 1 << 10), as: UTF8.self)
    return String(text.prefix { !$0.isWhitespace })
  }
}

/// What a build tells while it goes on.
package enum KernelBuildEvent: Hashable, Sendable {
  /// Another process is building the same tree.
  case waitingForOther
  /// A suite that cannot give a line's source, and why.
  case passedOver(String)
  case downloading(String)
  case unpacking(String)
  case configuring(String)
  /// What of a tree's own configuration, called so, is otherwise now.
  case configured(String, [ConfigurationChange])
  /// Options that a tree, called so, does not have, as one that is older than all lines.
  case leftOut([String], of: String)
  /// An interrupted build of the same kernel is gone on with.
  case resuming
  /// The number of steps that make has taken so far and the last one's words.
  case building(steps: Int, last: String)
  case finished(seconds: Double)
}
