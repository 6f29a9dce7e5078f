// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import HostFiles
import Kernels
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab observe`
struct ObserveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "observe",
    abstract: "Judges a saved console log again, without QEMU.",
    discussion: """
      TRANSCRIPT is a run's folder, or a console log. A log that lies in its run's folder is judged \
      by what that run was asked; for any other one, the options say what to expect of it.
      """)

  @Argument(help: "A run's folder, or a console log.")
  var transcript: FilePath

  @OptionGroup var options: SelectionOptions

  @Option(help: FormatArgument<RunRecord>.help)
  var format = FormatArgument<RunRecord>.usual

  func run() async throws {
    let record = try judge()
    try StandardOutput.write(format.document(of: record))
    if let code = record.verdict.exitCode { throw code }
  }

  private func judge() throws -> RunRecord {
    let path = transcript.absolute
    let isConsoleOfRun = path.lastComponent?.string == RunFolder.consoleName
    let folder = isConsoleOfRun ? path.removingLastComponent() : path
    let directory = RunFolder(reading: folder)
    if HostFile.exists(directory.record) { return try BoardRun.observe(directory) }
    let selection = try RunSelection(
      options.request, in: try HostEnvironment.installation())
    return try BoardRun.observe(path, as: selection.expectation)
  }
}
