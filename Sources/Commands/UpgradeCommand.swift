// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
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
    commandName: "upgrade",
    abstract: "Predict what becomes of the pools with another kernel release, and by which rules.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    For each pool: same, moved, shrunk, grown, gone or new, and the rules of the kernel \
    ('cmalab kernels rules') and the options of Kconfig that make the difference. A kernel is a line, a \
    release, or the folder of a source tree, whose rules are read off it. Both are taken to have the \
    image of the kernel that --kernel or --kernel-config names, and its configuration, too, unless a \
    tree has a .config in it or --from-config and --to-config give theirs. Without --verify nothing is \
    built and no guest is started.
    """,
    examples: [
      .init(
        "what another line does with a pool",
        "cmalab upgrade --from 6.1 --to 7.3 --board rpi4 --cma 512M"),
      .init(
        "what a point release does with your board's tree",
        "cmalab upgrade --from 6.12.10 --to 6.12.40 --dtb board.dtb"),
      .init(
        "what a vendor's next tree does, as its .config has it",
        "cmalab upgrade --from 6.6.30 --to ./linux-next --dtb board.dtb"),
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

  @OptionGroup var guest: GuestOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @OptionGroup var verification: VerificationOptions

  @Option(help: FormatArgument<UpgradedGuest>.help)
  var format = FormatArgument<UpgradedGuest>.usual

  func validate() throws {
    try request.checkUsage()
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
    // What guests are to show is said of their kernels.
    let selection =
      try await isVerified
      ? session.selection(request) : session.predictableSelection(request)
    let guest = try await session.preparation.upgrade(
      selection, from: sides.from, to: sides.to)
    let verification = UpgradeVerification(
      of: guest, from: sides.from, to: sides.to,
      building: try KernelLines(configuration: session.installation.kernelConfiguration).lines)
    // Before anything is printed that was asked to be shown.
    if isVerified { _ = try verification.requests(request) }
    try StandardOutput.write(format.document(of: guest))
    let outcomes = isVerified ? try await outcomes(of: verification, in: session) : []
    if guest.isLoss || outcomes.contains(.refuted) { throw ExitCode.verdictFailed }
    if outcomes.contains(.inconclusive) { throw ExitCode.trouble }
  }

  private var isVerified: Bool { verification.verify }

  private func outcomes(
    of verification: UpgradeVerification, in session: Session
  ) async throws -> Set<PoolVerification.Outcome> {
    let findings = try await verification.findings(of: request) {
      try await session.boot($0).record
    }
    for finding in findings { StandardError.say("\(finding)") }
    return Set(findings.map(\.outcome))
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
