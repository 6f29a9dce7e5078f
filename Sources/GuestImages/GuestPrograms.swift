package import HostFiles
import HostProcesses
// SPDX-License-Identifier: Apache-2.0
import Kernels
package import SystemPackage

/// Compiles what runs in the guest, once for each content of its sources.
package struct GuestPrograms: Sendable {
  /// `images` of the installation.
  private let sources: FilePath
  private let cache: ContentCache

  package init(sources: FilePath, cache: ContentCache) {
    self.sources = sources
    self.cache = cache
  }

  /// The monitor's code, to be placed at ``MachineMemory/monitorStart``.
  package func monitor() async throws -> FilePath {
    let source = sources.appending("monitor").appending("monitor.S")
    let flags = [
      "-nostdlib", "-static", "-Wl,-Ttext=\(MachineMemory.monitorStart)", "-Wl,--build-id=none",
      "-Wl,-z,norelro",
    ]
    return try await compiled("monitor", [source], flags) { linked, product in
      _ = try await ToolCommand(
        .named("\(KernelBuilder.toolPrefix)objcopy"),
        ["-O", "binary", "-j", ".text", linked.string, product.string]
      ).output()
    }
  }

  /// The initramfs with the one static program that is the guest's userspace.
  package func initramfs() async throws -> FilePath {
    let folder = sources.appending("init")
    let files = try HostFile.names(in: folder).map { folder.appending($0) }
    let flags = ["-std=gnu11", "-Os", "-static", "-s", "-Wall", "-Wextra", "-Werror"]
    return try await compiled("initramfs", files, flags) { linked, product in
      try await Initramfs(program: linked).write(to: product)
    }
  }

  /// Compiles the C and assembly files among `files` into one program and finishes it.
  private func compiled(
    _ name: String, _ files: [FilePath], _ flags: [String],
    finish: (_ linked: FilePath, _ product: FilePath) async throws -> Void
  ) async throws -> FilePath {
    let compiler = "\(KernelBuilder.toolPrefix)gcc"
    let version = try await FileFingerprints(cache: cache)
      .version(of: compiler, arguments: ["--version"])
    var ingredients = [
      ("compiler", Array(version.utf8)), ("flags", Array(flags.joined(separator: " ").utf8)),
    ]
    for file in files {
      ingredients.append(
        (file.lastComponent?.string ?? "", try HostFile.read(file, limit: 1 << 20)))
    }
    let entry = try await cache.entry(kind: "guest", key: ContentKey(ingredients)) { draft in
      let linked = draft.appending("\(name).elf")
      let inputs = files.filter { ["c", "S"].contains($0.extension) }.map(\.string)
      _ = try await ToolCommand(.named(compiler), flags + ["-o", linked.string] + inputs).output()
      try await finish(linked, draft.appending(name))
    }
    return entry.appending(name)
  }
}
