// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import HostFiles
import Kernels
import Predictions
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab upgrade`
struct UpgradeCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", _superCommandName: CommandLineTool.name,
    abstract: "Predict what becomes of the pools with another kernel release, and by which rules.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    For each pool: same, moved, shrunk, grown, gone or new, and the rules of the kernel \
    ('cmalab kernels rules') and the options of Kconfig that make the difference. A kernel is a line, a \
    release, or the folder of a source tree, whose rules are read off it. Both are taken to have the \
    image of the kernel that --kernel or --kernel-config names, and its configuration, too, unless a \
    tree has a .config in it or --from-config and --to-config give theirs. Without --verify nothing is \
    built and no guest is started. Of several layouts, one is told after the other; with --format json, \
    in a document each.
    """,
    examples: [
      .init(
        "what a point release does with your board's tree",
        "cmalab upgrade --from 6.12.10 --to 6.12.40 --dtb board.dtb"),
      .init(
        "what a vendor's next tree does, as its .config has it",
        "cmalab upgrade --from 6.6.30 --to ./linux-next --dtb board.dtb"),
      .init(
        "everything in the catalogue, held against two guests each",
        "cmalab upgrade --from 6.1 --to 6.12 --all-layouts --verify"),
    ],
    statuses: [
      .success("no pool is lost or smaller"),
      .failure("a pool is lost or smaller, the newer kernel dies, or --verify refutes it"),
      .trouble("a kernel is not known, or --verify is inconclusive"),
    ])

  @Option(
    help: ArgumentHelp(
      "The kernel that runs now: a line, a release such as 6.12.10, or a source tree.",
      valueName: "release|folder"), completion: Completions.kernels,
    transform: { try UpgradeSide.Kernel(argument: $0) })
  var from: UpgradeSide.Kernel

  @Option(
    help: "The .config of --from, or the package that has it (default: the one in its tree).")
  var fromConfig: FilePath?

  @Option(
    help: ArgumentHelp("The kernel to come.", valueName: "release|folder"),
    completion: Completions.kernels,
    transform: { try UpgradeSide.Kernel(argument: $0) })
  var to: UpgradeSide.Kernel

  @Option(help: "The same of --to.")
  var toConfig: FilePath?

  @Flag(help: "Look at every layout of --board, or of every board where none is named.")
  var allLayouts = false

  @OptionGroup var guest: GuestOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @OptionGroup var verification: VerificationOptions

  @Option(help: FormatArgument<UpgradedGuest>.help)
  var format = FormatArgument<UpgradedGuest>.usual

  func validate() throws {
    try request.checkUsage()
    let board = guest.board
    let hasOneLayout = board.layout != nil || !board.bank.isEmpty || board.ram != nil
    guard !allLayouts || !hasOneLayout && guest.ownTree.dtb == nil else {
      throw ValidationError(
        "--all-layouts looks at those of boards: omit --layout, --bank, --ram and --dtb")
    }
    guard verification.verify else { return }
    guard request.kernel.configuration == nil, guest.kernel.kernelImage == nil else {
      throw ValidationError(
        "--verify boots the kernels of --from and --to: omit --kernel-image and --kernel-config")
    }
  }

  var request: GuestRequest {
    GuestRequest(guest, ownKernel, machine, verification)
  }

  private var sides: (from: UpgradeSide, to: UpgradeSide) {
    (
      UpgradeSide(from, configuration: fromConfig?.absolute),
      UpgradeSide(to, configuration: toConfig?.absolute)
    )
  }

  func run() async throws {
    try await Session.ofThisProcess(startingGuests: verification.verify) { try await run(in: $0) }
  }

  private func run(in session: Session) async throws {
    var losses = 0
    var outcomes: Set<PoolVerification.Outcome> = []
    let requests = try requests(in: session)
    for request in requests {
      let (guest, found) = try await upgrade(request, in: session)
      if guest.isLoss { losses += 1 }
      outcomes.formUnion(found)
    }
    if allLayouts {
      StandardError.say("\(requests.count) layouts: a pool is lost or smaller with \(losses)")
    }
    if losses > 0 || outcomes.contains(.refuted) { throw ExitCode.verdictFailed }
    if outcomes.contains(.inconclusive) { throw ExitCode.trouble }
  }

  /// The guest that is asked for, or one for each layout.
  private func requests(in session: Session) throws -> [GuestRequest] {
    guard allLayouts else { return [request] }
    let catalogue = BoardCatalogue(directory: session.installation.boards)
    let boards = guest.board.board == nil ? try catalogue.names() : [request.board]
    return try boards.flatMap { name in
      try catalogue.board(named: name).layouts.map { layout in
        var request = request
        request.board = name
        request.layout = layout.name
        return request
      }
    }
  }

  /// Prints what becomes of the pools of one guest, and what two kernels say of that with --verify.
  private func upgrade(
    _ request: GuestRequest, in session: Session
  ) async throws -> (guest: UpgradedGuest, outcomes: Set<PoolVerification.Outcome>) {
    // What guests are to show is said of their kernels.
    let selection =
      try await verification.verify
      ? session.selection(request) : session.predictableSelection(request)
    let guest = try await session.preparation.upgrade(
      selection, from: sides.from, to: sides.to)
    guard verification.verify else {
      try StandardOutput.write(format.document(of: guest))
      return (guest, [])
    }
    let verification = UpgradeVerification(
      of: guest, from: sides.from, to: sides.to,
      building: try KernelLines(configuration: session.installation.kernelConfiguration).lines)
    // Before anything is printed that was asked to be shown.
    _ = try verification.requests(request)
    try StandardOutput.write(format.document(of: guest))
    let findings = try await verification.findings(of: request) {
      try await session.boot($0).record
    }
    for finding in findings { StandardError.say("\(finding)") }
    return (guest, Set(findings.map(\.outcome)))
  }
}

extension UpgradeSide.Kernel {
  /// A path with a slash is a folder's, whether it is there or not.
  ///
  /// - Throws: `ValidationError` for what is neither a release nor a folder.
  init(argument: String) throws {
    let folder = FilePath(argument).absolute
    let isFolder = KernelRelease(argument) == nil && HostFile.isDirectory(folder)
    if argument.contains("/") || isFolder {
      self = .tree(folder)
    } else {
      self = .release(try KernelRules(checking: argument), named: argument)
    }
  }
}
