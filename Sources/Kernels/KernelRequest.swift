// SPDX-License-Identifier: Apache-2.0
package import HostFiles
package import SystemPackage

/// The page size that an arm64 kernel is built for.
package enum PageSize: String, Sendable, CaseIterable {
  case fourKiB = "4k"
  case sixteenKiB = "16k"
  case sixtyFourKiB = "64k"
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
  package let pageSize: PageSize
  /// Whether the kernel's own checkers are built in (`kernel-config/debug.config`).
  package let isDebug: Bool

  package init(source: Source, pageSize: PageSize, isDebug: Bool = false) {
    self.source = source
    self.pageSize = pageSize
    self.isDebug = isDebug
  }

  /// The fragments of `kernel-config` that apply, in their order.
  func fragments(in folder: FilePath) -> [FilePath] {
    let names = ["base", "cma", "arm64", "page-\(pageSize.rawValue)"] + (isDebug ? ["debug"] : [])
    return names.map { folder.appending("\($0).config") }
  }
}

/// A kernel that is ready to boot.
package struct BuiltKernel: Hashable, Sendable {
  package let image: KernelImage
  /// Its finished .config.
  package let configuration: FilePath
  /// The build folder, prepared for building modules against.
  package let buildFolder: FilePath
}

extension BuiltKernel {
  /// A kernel in the folder that it was built into.
  ///
  /// - Throws: `KernelError` where there is no bootable image.
  init(at folder: FilePath) throws {
    image = try KernelImage(at: folder.appending(KernelBuild.imageName))
    configuration = folder.appending(KernelBuild.configurationName)
    buildFolder = folder.appending(KernelBuild.folderName)
  }

  /// What was asked of its configuration, beside the finished one.
  var requestedOptions: FilePath {
    configuration.removingLastComponent().appending(KernelBuild.fragmentName)
  }

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
  case downloading(String)
  case unpacking(String)
  case configuring(String)
  /// The number of steps that make has taken so far and the last one's words.
  case building(steps: Int, last: String)
  case finished(seconds: Double)
}
