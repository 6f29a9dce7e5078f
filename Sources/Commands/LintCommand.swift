// SPDX-License-Identifier: Apache-2.0

import Advice
import ArgumentParser
import Boards
import DeviceTrees
import FlattenedTree
import GuestRequests
import MemoryRequests
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab lint`
struct LintCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", _superCommandName: CommandLineTool.name,
    abstract: "Check the memory of a board or a device tree for what is wrong.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    A device tree is given as source (.dts, which may need cpp) or as a blob (.dtb); of a board, \
    every layout is looked at, or the one that is named, with all that the other options ask for. \
    Where the boot loader fills in a tree's RAM, --bank says what. Nothing is built and no guest \
    is started. Without --page-size every page size is looked at, and what only others than the \
    first refuse is one line.
    """,
    examples: [
      .init("a board of the catalogue", "cmalab lint rpi4"),
      .init(
        "a device tree whose RAM the boot loader fills in",
        "cmalab lint board.dts --bank 0x80000000+2G"),
      .init("all that lint looks for", "cmalab lint --rules"),
    ],
    statuses: [
      .success("no error was found"),
      .failure("there are errors"),
      .trouble("it cannot be read"),
    ])

  @Argument(help: "A board's name, a board file, or a device tree (.dts, .dtb).")
  var subject: String?

  @OptionGroup var board: BoardOptions

  @OptionGroup var ownTree: OwnTreeOptions

  @OptionGroup var pool: PoolOptions

  @OptionGroup var regions: RegionOptions

  @OptionGroup var files: FileOptions

  @OptionGroup var kernel: BuiltKernelOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @Option(
    name: .customShort("I"),
    help: ArgumentHelp(
      "Where a device tree's source may include files from, beside its own folder and the kernel "
        + "tree that it is in; may be given more than once.", valueName: "folder"))
  var includes: [FilePath] = []

  @Option(help: FormatArgument<LintReport>.help)
  var format = FormatArgument<LintReport>.usual

  @Flag(
    help: "Print what lint looks for: each rule with its consequence, its source and what to do.")
  var rules = false

  func validate() throws {
    guard !rules else {
      guard subject == nil else {
        throw ValidationError("--rules looks at nothing: omit the subject")
      }
      return try request.refuseOptions(butFor: [], because: "--rules looks at nothing")
    }
    try ownTree.check(board)
    try request.checkUsage()
    if let subject {
      guard (board.board ?? GuestRequest.usualBoard) == GuestRequest.usualBoard else {
        throw ValidationError("'\(subject)' is what to look at: omit --board")
      }
      guard ownTree.dtb == nil else {
        throw ValidationError("'\(subject)' is what to look at: omit --dtb")
      }
    }
    if let tree {
      try request.refuseOptions(
        butFor: TreeLint.options.union([.deviceTree, .overlay]),
        because: "'\(tree)' is a device tree, which lint takes as it is")
    } else {
      guard includes.isEmpty else {
        throw ValidationError(
          "-I is for the source of a device tree: '\(subject ?? request.board)' is a board")
      }
    }
  }

  /// The device tree to look at; nil for a board.
  private var tree: FilePath? {
    ownTree.dtb
      ?? subject.map { FilePath($0) }.flatMap { path in
        path.isDeviceTreeSource || path.isDeviceTreeBlob ? path : nil
      }
  }

  var request: GuestRequest {
    GuestRequest(board, ownTree, pool, regions, files, kernel, ownKernel, machine)
  }

  func run() async throws {
    if rules { return try printRules() }
    try await Session.ofThisProcess { try await run(in: $0) }
  }

  private func run(in session: Session) async throws {
    let report =
      if let tree {
        try await report(onTree: tree, session)
      } else {
        try await report(onBoard: subject ?? board.board ?? GuestRequest.usualBoard, session)
      }
    try StandardOutput.write(format.document(of: report))
    if report.hasErrors { throw ExitCode.verdictFailed }
  }

  private func printRules() throws {
    guard let format = FormatArgument<LintRuleList>(argument: format.name) else {
      throw ValidationError("--rules has no format '\(format.name)'")
    }
    try StandardOutput.write(format.document(of: LintRules.list))
  }

  private func report(onBoard name: String, _ session: Session) async throws -> LintReport {
    var request = request
    request.board = name
    let file =
      BoardCatalogue.isPath(name)
      ? name : session.installation.boards.appending("\(name).yaml").string
    return try await BoardLint(model: session).report(on: request, file: file)
  }

  private func report(onTree path: FilePath, _ session: Session) async throws -> LintReport {
    var request = request
    var blob =
      request.overlays.isEmpty
      ? try await TreeFile.read(path, searching: includes).blob
      : try await OwnTree(at: path, overlays: request.overlays, searching: includes).blob
    blob = try DeviceTreeRequest.adding(request.regions.map(\.region), to: blob)
    // What is looked at is the tree's own.
    request.deviceTree = nil
    request.overlays = []
    return try await TreeLint(model: session).report(
      on: blob, path: path.string, request: request)
  }
}
