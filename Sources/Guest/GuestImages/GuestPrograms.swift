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
    let source = sources.appending("monitor").appending("monitor.S")
    let flags = [
      "-nostdlib", "-static", "-Wl,-Ttext=\(MachineMemory.monitorStart)", "-Wl,--build-id=none",
      "-Wl,-z,norelro",
    ]
    // It runs at EL2, which is 64-bit whatever the guest is.
    return try await compiled("monitor", [source], flags, .arm64) { linked, product in
      _ = try await ToolCommand(
        .named("\(Toolchain(for: .arm64).prefix)objcopy"),
        ["-O", "binary", "-j", ".text", linked.string, product.string]
      ).output()
    }
  }

  /// The initramfs of a run that only looks: init, which reports and powers off.
  package func initramfs(for architecture: Architecture) async throws -> FilePath {
    try await packed([("init", try await program("init", folders: ["init"], architecture))])
  }

  /// What the initramfs of a run that only looks takes: nothing of it is read, as nothing boots it.
  package func initramfsSize(for architecture: Architecture) async throws -> ByteCount {
    let program = try await program("init", folders: ["init"], architecture, readsContent: false)
    return try HostFile.size(of: try await packed([("init", program)], readsContent: false))
  }

  /// The initramfs of a run that tests: init, the test programs, and the module if there is one.
  ///
  /// - Parameter module: nil for a kernel that it cannot be built for.
  package func initramfs(
    for architecture: Architecture, testingWith module: FilePath?
  ) async throws -> FilePath {
    let initial = try await program("init", folders: ["init"], architecture)
    let tests = try await program("tests", folders: ["programs", "module/uapi"], architecture)
    let files = [("init", initial), ("tests", tests)]
    return try await packed(files + (module.map { [("cmalab.ko", $0)] } ?? []))
  }

  /// The initramfs of a guest that somebody types in: an init that starts a shell, the shell, the
  /// test programs, and the module if there is one.
  ///
  /// - Parameter busybox: linked statically.
  package func initramfs(
    for architecture: Architecture, withShell busybox: FilePath, module: FilePath?
  ) async throws -> FilePath {
    let initial = try await program(
      "shell", folders: ["shell"], files: ["init/default_pool.c", "init/default_pool.h"],
      architecture)
    let files = [("init", initial), ("busybox", busybox)]
    // Without the module they have nothing to ask.
    guard let module else { return try await packed(files) }
    let tests = try await program("tests", folders: ["programs", "module/uapi"], architecture)
    return try await packed(files + [("tests", tests), ("cmalab.ko", module)])
  }

  /// A static program from every C file in `folders`, and further `files`.
  private func program(
    _ name: String, folders: [String], files further: [String] = [], _ architecture: Architecture,
    readsContent: Bool = true
  ) async throws -> FilePath {
    var files = further.map { sources.pushing(FilePath($0)) }
    for folder in folders.map({ sources.pushing(FilePath($0)) }) {
      files += try HostFile.files(below: folder).map { folder.pushing($0) }
    }
    var flags = [
      "-std=gnu11", "-O2", "-static", "-s", "-pthread", "-Wall", "-Wextra", "-Werror",
    ]
    // Physical addresses are offsets of the test module's file, and they have more than 31 bits.
    if architecture == .arm { flags.append("-D_FILE_OFFSET_BITS=64") }
    return try await compiled(name, files, flags, architecture, readsContent: readsContent) {
      linked, product in
      try HostFile.rename(linked, to: product)
    }
  }

  private func packed(
    _ files: [(name: String, file: FilePath)], readsContent: Bool = true
  ) async throws -> FilePath {
    let fingerprints = FileFingerprints(cache: cache)
    var ingredients: [(label: String, content: [UInt8])] = []
    for (name, file) in files {
      ingredients.append((name, Array(try await fingerprints.digest(of: file).utf8)))
    }
    let entry = try await cache.entry(
      kind: "initramfs", key: ContentKey(ingredients), readsContent: readsContent
    ) { draft in
      try await Initramfs(files: files).write(to: draft.appending(Self.archiveName))
    }
    return entry.appending(Self.archiveName)
  }

  private static let archiveName = "initramfs.cpio"

  /// Compiles the C and assembly files among `files` into one program and finishes it.
  private func compiled(
    _ name: String, _ files: [FilePath], _ flags: [String], _ architecture: Architecture,
    readsContent: Bool = true,
    finish: (_ linked: FilePath, _ product: FilePath) async throws -> Void
  ) async throws -> FilePath {
    let compiler = "\(Toolchain(for: architecture).prefix)gcc"
    let version = try await FileFingerprints(cache: cache)
      .version(of: compiler, arguments: ["--version"])
    var ingredients = [
      ("compiler", Array(version.utf8)), ("flags", Array(flags.joined(separator: " ").utf8)),
    ]
    for file in files {
      ingredients.append(
        (file.lastComponent?.string ?? "", try HostFile.read(file, limit: 1 << 20)))
    }
    let entry = try await cache.entry(
      kind: "programs", key: ContentKey(ingredients), readsContent: readsContent
    ) { draft in
      let linked = draft.appending("\(name).elf")
      let inputs = files.filter { ["c", "S"].contains($0.extension) }.map(\.string)
      _ = try await ToolCommand(.named(compiler), flags + ["-o", linked.string] + inputs).output()
      try await finish(linked, draft.appending(name))
    }
    return entry.appending(name)
  }
}
