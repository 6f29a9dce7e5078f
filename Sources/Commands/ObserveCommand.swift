// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import HostFiles
import Kernels
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab observe`
struct ObserveCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "observe", _superCommandName: CommandLineTool.name,
    abstract: "Judge a saved console log again, without QEMU.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    TRANSCRIPT is a run's folder, or a console log. A log that lies in its run's folder is judged \
    by what that run was asked; for any other log of a guest, the options say what to expect of \
    it. The log of a board is for 'cmalab explain'.
    """,
    examples: [
      .init("a run that was kept", "cmalab observe run"),
      .init(
        "a log alone, with what to expect of it",
        "cmalab observe console.log --board rpi4 --cma 512M"),
    ],
    statuses: [
      .success("pass"),
      .failure("fail"),
      .trouble("inconclusive, or the log cannot be read"),
    ])

  @Argument(help: "A run's folder, or a console log.")
  var transcript: FilePath

  @OptionGroup var board: BoardOptions

  @OptionGroup var pool: PoolOptions

  @OptionGroup var regions: RegionOptions

  @Option(
    help: "The kernel line that the guest should run, as in 6.1.", completion: Completions.kernels)
  var kernel: String?

  @Option(help: "The page size that the guest's kernel should have.")
  var pageSize: PageSize?

  @OptionGroup var machine: MachineOptions

  @OptionGroup var tests: TestOptions

  @Option(help: FormatArgument<RunRecord>.help)
  var format = FormatArgument<RunRecord>.usual

  func validate() throws { try request.checkUsage() }

  var request: GuestRequest {
    var request = GuestRequest(board, pool, regions, machine, tests)
    request.kernel.source = .line(kernel)
    request.kernel.pageSize = pageSize
    return request
  }

  func run() async throws {
    let record = try await judge()
    try StandardOutput.write(format.document(of: record))
    if let code = record.verdict.exitCode { throw code }
  }

  private func judge() async throws -> RunRecord {
    let path = transcript.absolute
    let isConsoleOfRun = path.lastComponent?.string == RunFolder.consoleName
    let folder = isConsoleOfRun ? path.removingLastComponent() : path
    let directory = RunFolder(reading: folder)
    if HostFile.exists(directory.record) {
      try request.refuseOptions(
        butFor: [], because: "the record of a run says what was asked of it")
      return try BoardRun.observe(directory)
    }
    guard !HostFile.isDirectory(path) else { throw NotOfARun(folder: transcript) }
    if let foreign = try ForeignLog(at: path) { throw foreign }
    let selection = try await RunSelection(request, in: try HostEnvironment.installation())
    return try BoardRun.observe(path, as: selection.expectation)
  }
}

/// A folder that no run was kept in.
private struct NotOfARun: Error, CustomStringConvertible {
  let folder: FilePath

  var description: String {
    "\(folder) is not the folder of a run, which has a \(RunFolder.recordName): give one, or a console log"
  }
}
