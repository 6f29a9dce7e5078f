// SPDX-License-Identifier: Apache-2.0
package import HostFiles
import HostProcesses
import Quantities
package import SystemPackage

/// Builds the test module against a kernel that cmalab has built, once for each pair of the two.
package struct ModuleBuilder: Sendable {
  /// The module's file in its cache entry.
  private static let productName = "cmalab.ko"

  /// `images/module` of the installation.
  private let sources: FilePath
  private let cache: ContentCache

  package init(sources: FilePath, cache: ContentCache) {
    self.sources = sources
    self.cache = cache
  }

  /// The module, to be loaded into `kernel`.
  ///
  /// - Throws: `KernelError.buildFailed` with the compiler's own errors; `ToolError`.
  package func module(for kernel: BuiltKernel) async throws -> FilePath {
    let files = try HostFile.files(below: sources)
    var ingredients: [(label: String, content: [UInt8])] = [
      // The image stands for its configuration, its compiler and every symbol it exports.
      ("kernel", Array(try ContentKey(ofFile: kernel.image.path).hexadecimal.utf8))
    ]
    for file in files {
      let content = try HostFile.read(sources.pushing(file), limit: 1 << 20)
      ingredients.append((file.string, content))
    }
    let key = ContentKey(ingredients)
    let entry = try await cache.entry(kind: "modules", key: key) { draft in
      // Kbuild writes beside the sources, which may be on a read-only disk.
      let work = draft.appending("work")
      for file in files {
        try HostFile.createDirectory(work.pushing(file).removingLastComponent())
        let content = try HostFile.read(sources.pushing(file), limit: 1 << 20)
        try HostFile.write(content, to: work.pushing(file))
      }
      try await build(in: work, against: kernel, log: cache.log(named: "module-\(key)"))
      try HostFile.rename(
        work.appending(Self.productName), to: draft.appending(Self.productName))
      try HostFile.remove(work)
    }
    return entry.appending(Self.productName)
  }

  private func build(
    in work: FilePath, against kernel: BuiltKernel, log: FilePath
  ) async throws {
    let command = ToolCommand(
      .named("make"),
      [
        // Not the build folder's own makefile: it names the folder that the kernel was built in.
        "-C", kernel.buildFolder.appending("source").string, "O=\(kernel.buildFolder)",
        "M=\(work)",
      ] + Toolchain(for: kernel.architecture).makeArguments + ["modules"],
      environment: KernelBuild.environment)
    let said = ErrorLines()
    let status = try await command.run(loggingTo: log, deadline: .seconds(1800)) {
      said.look(at: $0)
    }
    guard status.isSuccess else {
      throw KernelError.buildFailed(step: "the test module", errors: said.lines, log: log)
    }
  }
}
