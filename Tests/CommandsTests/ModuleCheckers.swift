// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import Kernels
import SystemPackage

/// The kernel's own checkers, as one built kernel line runs them over a module's sources.
struct ModuleCheckers {
  /// What a kernel was built in, with its configuration and its symbols.
  private let build: FilePath
  private let source: FilePath

  /// - Parameter image: of the built kernel.
  init(image: FilePath) {
    build = image.removingLastComponent().appending("build")
    source = build.appending("source")
  }

  /// What checkpatch need not say of a module outside the kernel's tree:
  ///
  /// - `LINUX_VERSION_CODE`: "code should be for the version to which it is merged". This module is
  ///   merged into none, and is built for several.
  private static let ignoredTypes = ["LINUX_VERSION_CODE"]

  /// Sparse, told of the two builtins that 7.2's headers want and that sparse 0.6.4, of Debian 12,
  /// lacks: without them 7.2 has it say so, and skips it. Sparse 0.6.5-rc1 has them.
  private static let sparse =
    "sparse -D__typeof_unqual__=__typeof__ -D'__builtin_strlen(s)=(sizeof(s)-1)'"

  /// Of the sources: so that no file is called as the header is that it includes from below.
  private static let folderName = "module"

  private static let deadline = Duration.seconds(600)

  /// What sparse, the compiler with W=1, modpost and checkpatch say; "" if they have no complaint.
  ///
  /// - Parameters:
  ///   - sources: the module's folder, called `module`; it is left as it is.
  ///   - scratch: for what the build writes.
  func complaints(about sources: FilePath, scratch: ScratchFolder) async throws -> String {
    // A build without it would be just as quiet.
    _ = try ToolSearch.path(of: "sparse")
    let folder = try await scratch.copy([sources], to: "checked")
    let files = try HostFile.files(below: folder).map(\.string)
      .filter { $0.hasSuffix(".c") || $0.hasSuffix(".h") || $0.hasSuffix("Kbuild") }
    let make = ToolCommand(
      .named("make"),
      [
        "--silent", "-C", source.string, "O=\(build)", "ARCH=arm64",
        "CROSS_COMPILE=aarch64-linux-gnu-", "M=\(folder.appending(Self.folderName))", "C=2", "W=1",
        "CHECK=\(Self.sparse)",
        "modules",
      ], environment: ["LC_ALL": "C", "MAKEFLAGS": nil, "MAKELEVEL": nil, "MFLAGS": nil])
    let checkpatch = ToolCommand(
      .named("perl"),
      [
        source.appending("scripts/checkpatch.pl").string, "--no-tree", "--no-summary", "--strict",
        "--terse", "--show-types", "--ignore", Self.ignoredTypes.joined(separator: ","), "--file",
      ] + files, directory: folder)
    return try await said(by: checkpatch) + Self.ofModule(said(by: make))
  }

  /// Without what the compiler says of the kernel's own headers: 5.10.262 sets a variable that it does not
  /// use (movable_only_nodes in mmzone.h), and W=1 tells that of each file that includes it.
  private static func ofModule(_ complaints: String) -> String {
    let aboutHeaders =
      /(?:In file included from [^\n]*\n(?: +from [^\n]*\n)*)?(?:\/[^\n:]*\/include\/[^\n]*\n)+(?: +\d* +\|[^\n]*\n)*/
    return complaints.replacing(aboutHeaders, with: "")
  }

  /// Its output, or its failure if that is all it says.
  private func said(by command: ToolCommand) async throws -> String {
    let result = try await command.collect(limit: 1 << 20, deadline: Self.deadline)
    let output = String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
    if output.isEmpty, !result.status.isSuccess { return "\(command): \(result.status)\n" }
    return output
  }
}
