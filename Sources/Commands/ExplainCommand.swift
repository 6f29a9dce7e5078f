// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BootLogs
import Explanations
import HostFiles
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab explain`
struct ExplainCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", _superCommandName: CommandLineTool.name,
    abstract: "Explain from a board's boot log what became of its pools, why, and what to change.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    LOG is what dmesg, 'journalctl -k' or a serial capture of any board shows; - is standard \
    input. Of several boots in one file the last one is explained, and the others are named. \
    Several logs are explained one after another. The device tree of the board and the .config \
    of its kernel make the answer sharper. --reproduce boots the same layout here, with a kernel of the \
    line whose rules are nearest.
    """,
    examples: [
      .init("a board at hand", "ssh board dmesg | cmalab explain -"),
      .init(
        "for a ticket, with the device tree that the board booted with",
        "cmalab explain dmesg.txt --dtb board.dtb --format markdown"),
      .init("the same layout, booted here", "cmalab explain dmesg.txt --reproduce"),
    ],
    statuses: [
      .success("nothing is wrong"),
      .failure("something is wrong"),
      .trouble("a log cannot be read, or no guest can be made of it"),
    ])

  @Argument(help: "A boot log, or - for standard input.", completion: .file())
  var logs: [FilePath]

  @Option(help: "The board's device tree: source (.dts), or a blob such as /sys/firmware/fdt.")
  var dtb: FilePath?

  @Option(help: "The .config of the board's kernel.")
  var kernelConfig: FilePath?

  @Flag(
    help: "Boot a guest with the board's layout, and show its kernel's words beside the log's.")
  var reproduce = false

  @Option(help: FormatArgument<Explanation>.help)
  var format = FormatArgument<Explanation>.usual

  func run() async throws {
    let evidence = try await BoardEvidence(tree: dtb, kernelConfig: kernelConfig)
    var isWrong = false
    var isUnread = false
    var isFirst = true
    for log in logs {
      do {
        let read = try BoardEvidence.read(log: log)
        var explanation = evidence.explanation(of: read)
        if reproduce {
          do {
            explanation = try await reproduction(of: read, explanation, evidence)
          } catch let error where !(error is CancellationError) {
            Diagnostics.error("\(read.name): it cannot be reproduced: \(error)")
            isUnread = true
          }
        }
        if !isFirst { try StandardOutput.write("\n") }
        isFirst = false
        try StandardOutput.write(format.document(of: explanation))
        if explanation.explained?.isWrong == true { isWrong = true }
      } catch let error as UnreadableLog {
        Diagnostics.error(Self.otherKind(of: log) ?? "\(error)")
        isUnread = true
      }
    }
    if isUnread { throw ExitCode.trouble }
    if isWrong { throw ExitCode.verdictFailed }
  }

  /// The same, with the guest that shows the last boot again.
  private func reproduction(
    of read: BoardEvidence.NamedLog, _ explanation: Explanation, _ evidence: BoardEvidence
  ) async throws -> Explanation {
    guard let boot = read.log.boots.last, let explained = explanation.explained else {
      return explanation
    }
    let board = try evidence.board(named: nil, from: read, withFilesBeside: true)
    let session = try Session.ofThisProcess()
    return explanation.with(
      try await LogReproduction(session: session).reproduced(
        boot, of: read.name, explained: explained, board: board))
  }

  /// What is to be said of a file that is something else than a log; nil where nobody can tell.
  private static func otherKind(of file: FilePath) -> String? {
    guard let kind = FileKind(of: file), kind != .bootLog, let tool = CommandTree(of: Self.self)
    else { return nil }
    let remedy = MisplacedFile.remedy(for: kind, file.string, in: tool)
    return "\(file): this is \(kind), and no log: \(remedy)"
  }
}
