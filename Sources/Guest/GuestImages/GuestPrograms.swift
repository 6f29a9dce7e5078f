// SPDX-License-Identifier: Apache-2.0
package import HostFiles
import HostProcesses
import Kernels
package import Quantities
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
    // It runs at EL2, which is 64-bit whatever the guest is.
    let recipe = Recipe(
      name: "monitor", files: [sources.appending("monitor").appending("monitor.S")],
      flags: [
        "-nostdlib", "-static", "-Wl,-Ttext=\(MachineMemory.monitorStart)", "-Wl,--build-id=none",
        "-Wl,-z,norelro",
      ], architecture: .arm64)
    return try await compiled(recipe) { linked, product in
      _ = try await ToolCommand(
        .named("\(Toolchain(for: .arm64).prefix)objcopy"),
        ["-O", "binary", "-j", ".text", linked.string, product.string]
      ).output()
    }
  }

  /// The initramfs of a run that only looks: init, which reports and powers off.
  ///
  /// - Parameter readsContent: as of `ContentCache.entry`: nothing of it is read where nothing boots it.
  package func initramfs(
    for architecture: Architecture, readsContent: Bool = true
  ) async throws -> FilePath {
    let initial = try program("init", folders: ["init"], architecture)
    return try await packed([try await part("init", initial)], readsContent: readsContent)
  }

  /// The initramfs of a run that tests: init, the test programs, and the module if there is one.
  ///
  /// - Parameter module: nil for a kernel that it cannot be built for.
  package func initramfs(
    for architecture: Architecture, testingWith module: FilePath?
  ) async throws -> FilePath {
    let initial = try program("init", folders: ["init"], architecture)
    var parts = [
      try await part("init", initial), try await part("tests", try tests(for: architecture)),
    ]
    if let module { parts.append(try await part("cmalab.ko", module)) }
    return try await packed(parts)
  }

  /// The initramfs of a guest that somebody types in: an init that starts a shell, the shell, the
  /// test programs, and the module if there is one.
  ///
  /// - Parameter busybox: linked statically.
  package func initramfs(
    for architecture: Architecture, withShell busybox: FilePath, module: FilePath?
  ) async throws -> FilePath {
    let initial = try program(
      "shell", folders: ["shell"], files: ["init/default_pool.c", "init/default_pool.h"],
      architecture)
    var parts = [try await part("init", initial), try await part("busybox", busybox)]
    // Without the module they have nothing to ask.
    if let module {
      parts.append(try await part("tests", try tests(for: architecture)))
      parts.append(try await part("cmalab.ko", module))
    }
    return try await packed(parts)
  }

  private func tests(for architecture: Architecture) throws -> Recipe {
    try program("tests", folders: ["programs", "module/uapi"], architecture)
  }

  /// A static program from every C file in `folders`, and further `files`.
  private func program(
    _ name: String, folders: [String], files further: [String] = [], _ architecture: Architecture
  ) throws -> Recipe {
    var files = further.map { sources.pushing(FilePath($0)) }
    for folder in folders.map({ sources.pushing(FilePath($0)) }) {
      files += try HostFile.files(below: folder).map { folder.pushing($0) }
    }
    var flags = [
      "-std=gnu11", "-O2", "-static", "-s", "-pthread", "-Wall", "-Wextra", "-Werror",
    ]
    // Physical addresses are offsets of the test module's file, and they have more than 31 bits.
    if architecture == .arm { flags.append("-D_FILE_OFFSET_BITS=64") }
    return Recipe(name: name, files: files, flags: flags, architecture: architecture)
  }

  /// A file of an initramfs.
  private struct Part {
    let name: String
    /// What tells it from any other that might have the name.
    let identity: String
    /// Makes it where it is not there.
    let file: () async throws -> FilePath
  }

  private func part(_ name: String, _ file: FilePath) async throws -> Part {
    let digest = try await FileFingerprints(cache: cache).digest(of: file)
    return Part(name: name, identity: digest) { file }
  }

  /// A program by what it is compiled from: whether that has been done is no matter where it has been packed.
  private func part(_ name: String, _ program: Recipe) async throws -> Part {
    Part(name: name, identity: try await key(of: program).hexadecimal) {
      try await compiled(program) { linked, product in
        try HostFile.rename(linked, to: product)
      }
    }
  }

  private func packed(_ parts: [Part], readsContent: Bool = true) async throws -> FilePath {
    let entry = try await cache.entry(
      kind: "initramfs", key: ContentKey(parts.map { ($0.name, Array($0.identity.utf8)) }),
      readsContent: readsContent
    ) { draft in
      var files: [(name: String, file: FilePath)] = []
      for part in parts { files.append((part.name, try await part.file())) }
      try await Initramfs(files: files).write(to: draft.appending(Self.archiveName))
    }
    return entry.appending(Self.archiveName)
  }

  private static let archiveName = "initramfs.cpio"

  /// What a program is compiled from, the C and assembly files among `files`.
  private struct Recipe {
    let name: String
    let files: [FilePath]
    let flags: [String]
    let architecture: Architecture

    var compiler: String { "\(Toolchain(for: architecture).prefix)gcc" }
  }

  private func key(of recipe: Recipe) async throws -> ContentKey {
    let version = try await FileFingerprints(cache: cache)
      .version(of: recipe.compiler, arguments: ["--version"])
    var ingredients = [
      ("compiler", Array(version.utf8)),
      ("flags", Array(recipe.flags.joined(separator: " ").utf8)),
    ]
    for file in recipe.files {
      ingredients.append(
        (file.lastComponent?.string ?? "", try HostFile.read(file, limit: 1 << 20)))
    }
    return ContentKey(ingredients)
  }

  /// Compiles a program and finishes it.
  private func compiled(
    _ recipe: Recipe, finish: (_ linked: FilePath, _ product: FilePath) async throws -> Void
  ) async throws -> FilePath {
    let entry = try await cache.entry(kind: "programs", key: try await key(of: recipe)) { draft in
      let linked = draft.appending("\(recipe.name).elf")
      let inputs = recipe.files.filter { ["c", "S"].contains($0.extension) }.map(\.string)
      _ = try await ToolCommand(
        .named(recipe.compiler), recipe.flags + ["-o", linked.string] + inputs
      ).output()
      try await finish(linked, draft.appending(recipe.name))
    }
    return entry.appending(recipe.name)
  }
}
