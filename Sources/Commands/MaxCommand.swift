// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import Predictions
import Quantities
import Records
import Reports
import Runs

/// `cmalab max`
struct MaxCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "max", _superCommandName: CommandLineTool.name,
    abstract: "Find the largest pool that fits, and the largest that is safe.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Nothing is built and no guest is started, unless it is to be verified: then the largest pool \
    is booted, and one unit more, and the safe one with the allocation test.
    """,
    examples: [
      .init("how large cma= can be on a board", "cmalab max --board rpi4"),
      .init(
        "on every layout of it, shown by guests",
        "cmalab max --board arm64-4g --all-layouts --verify"),
      .init(
        "how large linux,cma can be in its alloc-ranges",
        "cmalab max --board imx8mp-evk --via dts --cma 64M@0x40000000-0x60000000"),
    ],
    statuses: [
      .success("a pool is safe in every layout, and what was booted holds"),
      .failure("none is safe, or a guest refutes what was found"),
      .trouble("a guest is inconclusive, or trouble with this machine"),
    ])

  @OptionGroup var board: BoardOptions

  @OptionGroup var ownTree: OwnTreeOptions

  @Flag(help: "Look at every layout of the board.")
  var allLayouts = false

  @OptionGroup var window: PoolWindowOptions

  @OptionGroup var regions: RegionOptions

  @OptionGroup var files: FileOptions

  @OptionGroup var kernel: KernelOptions

  @OptionGroup var ownKernel: OwnKernelOptions

  @OptionGroup var machine: MachineOptions

  @OptionGroup var verification: VerificationOptions

  @Option(help: FormatArgument<[MaximumPool]>.help)
  var format = FormatArgument<[MaximumPool]>.usual

  func validate() throws {
    try ownTree.check(board)
    try ownKernel.check(verification, kernel)
    guard !allLayouts || ownTree.dtb == nil else {
      throw ValidationError("--all-layouts is of a board of cmalab's: a device tree has one layout")
    }
    guard !allLayouts || board.layout == nil && board.bank.isEmpty else {
      throw ValidationError("--all-layouts looks at each: omit --layout and --bank")
    }
    try request.checkUsage()
  }

  var request: GuestRequest {
    GuestRequest(board, ownTree, window, regions, files, kernel, ownKernel, machine, verification)
  }

  func run() async throws {
    try await Session.ofThisProcess(startingGuests: verification.verify) { try await run(in: $0) }
  }

  private func run(in session: Session) async throws {
    // What is to be shown by a guest is said of the guest's kernel.
    let request = verification.verify ? request : try session.withBoardsKernel(request)
    let first = try await session.selection(request)
    let layouts = allLayouts ? first.board.layouts.map(\.name) : [request.layout].compactMap(\.self)
    let requests = layouts.isEmpty ? [request] : layouts.map { request.applying(.layout($0)) }
    var found: [MaximumPool] = []
    for request in requests {
      let selection = try await session.selection(request)
      found.append(
        try await session.preparation.maximum(selection))
    }
    try StandardOutput.write(format.document(of: found))
    let holds = found.allSatisfy { $0.safe.bytes > .zero }
    guard verification.verify else {
      if !holds { throw ExitCode.verdictFailed }
      return
    }
    var outcomes: Set<PoolVerification.Outcome> = []
    for (request, maximum) in zip(requests, found) {
      let findings = try await PoolVerification(of: .init(of: maximum), for: request) {
        try await session.boot($0).record
      }.findings()
      for finding in findings { StandardError.say(words(of: finding, on: maximum.layout)) }
      outcomes.formUnion(findings.map(\.outcome))
    }
    if !holds || outcomes.contains(.refuted) { throw ExitCode.verdictFailed }
    if outcomes.contains(.inconclusive) { throw ExitCode.trouble }
  }

  private func words(of finding: PoolVerification.Finding, on layout: String) -> String {
    let words =
      switch finding.outcome {
      case .holds: finding.claim
      case .refuted: "does not hold: \(finding.claim)"
      case .inconclusive: "is not known: \(finding.claim)"
      }
    return "\(layout): \(finding.bytes.wholeMebibytes) MiB \(words) (\(finding.reason))"
  }
}
