// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import HostProcesses
import SystemPackage

/// The C preprocessor, as the kernel's build runs it over a device-tree source (scripts/Makefile.lib,
/// dtc_cpp_flags).
///
/// What a source includes is held to its own folder, the kernel tree that it lies in, and the folders
/// that the user names: a source from elsewhere must not bring any file of this machine into a tree.
struct SourcePreprocessor {
  let file: FilePath
  /// Where it may include from: its own folder, its kernel tree, and those that the user names.
  private let roots: [FilePath]
  /// Where cpp looks for what is included.
  private let folders: [FilePath]

  /// Whether a source has lines for a preprocessor; `#address-cells = …` is none.
  static func isNeeded(by source: [UInt8]) -> Bool {
    let directives = ["include", "define", "undef", "ifdef", "ifndef", "if"]
    return source.split(separator: UInt8(ascii: "\n")).contains { line in
      let words = line.drop { $0 <= UInt8(ascii: " ") }
      guard words.first == UInt8(ascii: "#") else { return false }
      let word = words.dropFirst().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        .prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
      let next = words.dropFirst().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        .dropFirst(word.count).first
      return directives.contains { word.elementsEqual($0.utf8) } && next != UInt8(ascii: "-")
    }
  }

  init(_ file: FilePath, searching folders: [FilePath]) {
    let own = Self.folder(of: file)
    let kernel = Self.kernelTree(around: own)
    self.file = file
    roots = [own] + (kernel.map { [$0] } ?? []) + folders
    self.folders =
      folders + (kernel.map { [$0.appending("scripts/dtc/include-prefixes")] } ?? []) + [own]
  }

  /// The source with all that it includes; lines `# 1 "file"` say where each part is from.
  ///
  /// - Throws: `PreprocessorError`, `ToolError`.
  func text() async throws -> [UInt8] {
    guard (try? ToolSearch.path(of: "cpp")) != nil else {
      throw PreprocessorError(file: file, reason: "it needs cpp: install the package cpp")
    }
    // A path, whatever its first character is.
    let source = file.isAbsolute ? file.string : "./\(file)"
    let result = try await ToolCommand(
      .named("cpp"),
      ["-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]
        + folders.flatMap { ["-I", $0.string] } + [source],
      memoryLimit: 1 << 30
    ).collect(limit: Self.maximumBytes, deadline: .seconds(120))
    try checkFiles(of: result.standardOutput)
    guard result.status.isSuccess else {
      throw PreprocessorError(
        file: file,
        reason: "cpp refuses it: \(ToolCommand.tail(of: result.standardError, lines: 3))\n"
          + "-I names a folder to include from")
    }
    return result.standardOutput
  }

  private static let maximumBytes = 64 << 20

  /// What the kernel's build has dtc not warn of (scripts/Makefile.lib, DTC_FLAGS).
  static let quietChecks = [
    "interrupt_provider", "unit_address_vs_reg", "avoid_unnecessary_addr_size", "alias_paths",
    "graph_child_address", "simple_bus_reg", "unique_unit_address", "pci_device_reg",
  ].map { "-Wno-\($0)" }

  /// Refuses what was taken in from anywhere else.
  private func checkFiles(of text: [UInt8]) throws(PreprocessorError) {
    let allowed = roots.compactMap(Self.real)
    for name in Self.files(in: text) {
      guard let path = Self.real(name), allowed.contains(where: { path.starts(with: $0) }) else {
        throw PreprocessorError(
          file: file,
          reason: "it includes \(name), which is elsewhere: -I names a folder to include from")
      }
    }
  }

  /// The files that line markers name: `# 1 "arch/arm64/boot/dts/x.dtsi" 1`.
  private static func files(in text: [UInt8]) -> Set<FilePath> {
    var files: Set<FilePath> = []
    for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "# ".utf8) {
      let parts = line.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
      guard parts.count > 2, let name = String(validating: parts[1], as: UTF8.self),
        !name.hasPrefix("<")
      else { continue }
      files.insert(FilePath(name))
    }
    return files
  }

  private static func folder(of file: FilePath) -> FilePath {
    let folder = file.removingLastComponent()
    return folder.isEmpty ? "." : folder
  }

  /// The kernel's source tree in which a folder lies; nil where it lies in none.
  private static func kernelTree(around folder: FilePath) -> FilePath? {
    guard var path = real(folder) else { return nil }
    while path.components.count > 0 {
      if HostFile.exists(path.appending("scripts/dtc/include-prefixes")),
        HostFile.exists(path.appending("Kconfig"))
      {
        return path
      }
      path.removeLastComponent()
    }
    return nil
  }

  private static func real(_ path: FilePath) -> FilePath? {
    guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }
}

/// Why a source cannot be preprocessed.
package struct PreprocessorError: Error, Hashable, Sendable, CustomStringConvertible {
  let file: FilePath
  let reason: String

  package var description: String { "\(file): \(reason)" }
}
