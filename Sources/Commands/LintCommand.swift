// SPDX-License-Identifier: Apache-2.0

import Advice
import ArgumentParser
import Boards
import DeviceTrees
import FlattenedTree
import HostFiles
import Kernels
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab lint`
struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Tells what is wrong with the memory of a board or a device tree.",
    discussion: """
      A device tree is given as source (.dts) or as a blob (.dtb); of a board, every layout is \
      looked at, or the one that is named, with all that the other options ask for. Nothing is \
      built and no guest is started. Without --page-size every page size is looked at. Exit codes: \
      0 no error was found, 1 there are errors, 2 it cannot be read, 64 usage.
      """)

  @Argument(help: "A board's name, a board file, or a device tree (.dts, .dtb).")
  var subject: String?

  @OptionGroup var options: SelectionOptions

  @Option(help: FormatArgument<LintReport>.help)
  var format = FormatArgument<LintReport>.usual

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let lint = MemoryLint(
      options: options, installation: installation, preparation: preparation)
    let report: LintReport
    if let subject, MemoryLint.isDeviceTree(subject) {
      report = try await lint.report(onTree: FilePath(subject))
    } else {
      report = try await lint.report(onBoard: subject ?? options.board)
    }
    try StandardOutput.write(format.document(of: report))
    if report.hasErrors { throw ExitCode.verdictFailed }
  }
}
