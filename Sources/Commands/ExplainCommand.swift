// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BootLogs
import Explanations
import HostFiles
import Records
import Reports
import SystemPackage

/// `cmalab explain`
struct ExplainCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain from a board's boot log what became of its pools, why, and what to change.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    LOG is what dmesg, 'journalctl -k' or a serial capture of any board shows; - is standard \
    input. Of several boots in one file the last one is explained, and the others are named. \
    Several logs are explained one after another. The device tree of the board and the .config \
    of its kernel make the answer sharper.
    """,
    examples: [
      .init("a log that was saved", "cmalab explain dmesg.txt"),
      .init("a board at hand", "ssh board dmesg | cmalab explain -"),
      .init(
        "for a ticket, with the device tree that the board booted with",
        "cmalab explain dmesg.txt --dtb board.dtb --format markdown"),
    ],
    statuses: [
      .success("nothing is wrong"),
      .failure("something is wrong"),
      .trouble("a log cannot be read, or is none"),
    ])

  @Argument(help: "A boot log, or - for standard input.", completion: .file())
  var logs: [FilePath]

  @Option(help: "The board's device tree: source (.dts), or a blob such as /sys/firmware/fdt.")
  var dtb: FilePath?

  @Option(help: "The .config of the board's kernel.")
  var kernelConfig: FilePath?

  @Option(help: FormatArgument<Explanation>.help)
  var format = FormatArgument<Explanation>.usual

  func run() async throws {
    let evidence = try await BoardEvidence(tree: dtb, kernelConfig: kernelConfig)
    var isWrong = false
    var isUnread = false
    var isFirst = true
    for log in logs {
      do {
        let explanation = try evidence.explanation(of: log)
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

  /// What is to be said of a file that is something else than a log; nil where nobody can tell.
  private static func otherKind(of file: FilePath) -> String? {
    guard let kind = FileKind(of: file), kind != .bootLog, let tool = CommandTree(of: Self.self)
    else { return nil }
    let remedy = MisplacedFile.remedy(for: kind, file.string, in: tool)
    return "\(file): this is \(kind), and no log: \(remedy)"
  }
}
