// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BootLogs
import Explanations
import HostFiles
import Records
import Reports
import SystemPackage

/// `cmalab explain`
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain from a board's boot log what became of its pools, why, and what to change.",
    discussion: """
      LOG is what dmesg, 'journalctl -k' or a serial capture of any board shows; - is standard \
      input. Of several boots in one file the last one is explained, and the others are named. \
      Several logs are explained one after another. The device tree of the board and the .config \
      of its kernel make the answer sharper. Exit codes: 0 nothing is wrong, 1 something is, 2 a \
      log cannot be read or is none, 64 usage.
      """)

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
        StandardError.say("cmalab: error: \(error)")
        isUnread = true
      }
    }
    if isUnread { throw ExitCode.trouble }
    if isWrong { throw ExitCode.verdictFailed }
  }
}
