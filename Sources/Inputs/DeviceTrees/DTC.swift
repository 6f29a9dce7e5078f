// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import HostFiles
package import HostProcesses
package import SystemPackage

/// The device tree compiler.
package struct DTC: Sendable {
  /// A compiled source, and what dtc had to say against it.
  package struct Compiled: Hashable, Sendable {
    package let blob: [UInt8]
    /// dtc's warnings, each naming its file and line; empty for none.
    package let warnings: String
  }

  private let program: ToolCommand.Program

  package init(program: ToolCommand.Program = .named("dtc")) {
    self.program = program
  }

  /// Compiles the source file of a whole tree, with what it includes from its own folder or below it,
  /// from the kernel tree that it lies in, and from `folders`.
  ///
  /// - Parameters:
  ///   - expected: what it has to be.
  ///   - folders: where it may include files from, beside its own.
  ///   - symbols: whether the blob names its labels, for overlays (`-@`).
  /// - Throws: `DTCError` with dtc's own words where it refuses the source; `SourceIncludeError` and
  ///   `PreprocessorError` where it takes a file in from elsewhere; `DeviceTreeSourceError` where it has
  ///   another form; `ToolError` where dtc is missing or does not end.
  package func blob(
    of source: FilePath, as expected: SourceForm = .tree, searching folders: [FilePath] = [],
    withSymbols symbols: Bool = false
  ) async throws -> Compiled {
    let folder = source.removingLastComponent()
    var bytes = try HostFile.read(source, limit: 8 * FlattenedTree.maximumByteCount)
    let isPreprocessed = SourcePreprocessor.isNeeded(by: bytes)
    if isPreprocessed {
      bytes = try await SourcePreprocessor(source, searching: folders).text()
    }
    let text = String(decoding: bytes, as: UTF8.self)
    var form = SourceForm(of: text)
    var includes = SourceIncludes(within: folder)
    if form == .fragment {
      try includes.check(bytes, of: source, in: folder)
      form = try SourceForm(of: text, in: folder)
    }
    guard form == expected else { throw DeviceTreeSourceError(file: source, form: form) }
    // Line markers have its lines in dtc's words.
    if isPreprocessed {
      return try await blob(
        ofSource: text, of: source, including: folder,
        options: (symbols ? ["-@"] : []) + SourcePreprocessor.quietChecks)
    }
    try includes.check(bytes, of: source, in: folder)
    let result = try await run(
      (symbols ? ["-@"] : []) + ["-I", "dts", "-O", "dtb", "--", source.string])
    guard result.status.isSuccess else { throw DTCError(.compile, source, result) }
    return Compiled(
      blob: result.standardOutput, warnings: DTCError.text(of: result.standardError))
  }

  /// Compiles a source text.
  ///
  /// - Parameters:
  ///   - file: what messages call it.
  ///   - folder: where it includes from.
  ///   - options: further ones of dtc's.
  /// - Throws: as ``blob(of:as:searching:withSymbols:)``.
  func blob(
    ofSource source: String, of file: FilePath = "the merged tree", including folder: FilePath,
    options: [String] = []
  ) async throws -> Compiled {
    var includes = SourceIncludes(within: folder)
    try includes.check(Array(source.utf8), of: file, in: folder)
    // From there, not from where this process is.
    let result = try await run(
      options + ["-I", "dts", "-O", "dtb", "--", "-"], input: Array(source.utf8),
      in: folder.isEmpty ? nil : folder)
    guard result.status.isSuccess else { throw DTCError(.compile, file, result) }
    return Compiled(
      blob: result.standardOutput, warnings: DTCError.text(of: result.standardError))
  }

  /// The source of a compiled tree, its nodes and properties in the blob's order.
  ///
  /// - Throws: as ``blob(of:as:searching:withSymbols:)``.
  package func source(of blob: [UInt8]) async throws -> String {
    let result = try await run(["-q", "-I", "dtb", "-O", "dts", "--", "-"], input: blob)
    guard result.status.isSuccess else { throw DTCError(.decompile, "the tree", result) }
    return String(decoding: result.standardOutput, as: UTF8.self)
  }

  /// Room for the source of a tree of the largest size, every byte of which can take six characters;
  /// the deadline is far above the few milliseconds that dtc takes, and the memory above the few
  /// megabytes.
  private func run(
    _ arguments: [String], input: [UInt8] = [], in folder: FilePath? = nil
  ) async throws -> ToolResult {
    try await ToolCommand(program, arguments, directory: folder, memoryLimit: 1 << 30)
      .collect(
        input: input, limit: 8 * FlattenedTree.maximumByteCount, deadline: .seconds(120))
  }
}

/// What dtc said when it refused a file.
package struct DTCError: Error, Hashable, Sendable {
  package enum Operation: String, Sendable {
    case compile
    case decompile
  }

  package let operation: Operation
  package let file: FilePath
  package let status: ToolStatus
  /// The end of dtc's error output.
  package let said: String

  init(_ operation: Operation, _ file: FilePath, _ result: ToolResult) {
    self.operation = operation
    self.file = file
    status = result.status
    said = Self.text(of: result.standardError)
  }

  static func text(of bytes: [UInt8]) -> String { ToolCommand.tail(of: bytes, lines: 20) }
}

extension DTCError: CustomStringConvertible {
  package var description: String {
    "dtc cannot \(operation.rawValue) \(file) (it \(status)): \(said.isEmpty ? "no reason" : said)"
  }
}
