// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostFiles
import HostProcesses
import Matrix
import Quantities
import Records
import Runs
import SystemPackage
import YAMLFiles

/// `cmalab matrix`
struct MatrixCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", _superCommandName: CommandLineTool.name,
    abstract: "Run many layouts, sizes, ways and kernels, and report what was not as expected.",
    discussion: manual.text,
    subcommands: [
      RunMatrix.self, SubmitMatrix.self, WatchMatrix.self, MergeMatrices.self,
      MatrixReference.self, BuildMatrix.self, RunShard.self,
    ],
    defaultSubcommand: RunMatrix.self)

  static let manual = CommandManual(
    examples: [
      .init(
        "layouts and sizes, as many at once as fit",
        "cmalab matrix boards/matrices/edges.yaml --out edges"),
      .init("join what several machines ran", "cmalab matrix merge part-1 part-2 --out whole"),
    ],
    statuses: [
      .success("every cell came to what was expected"),
      .failure("some did not"),
      .trouble("a cell is inconclusive or missing, or trouble with this machine"),
    ])
}

/// `cmalab matrix run`
struct RunMatrix: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the cells of a matrix file.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Results are kept as they come: after an interruption, --resume runs what is missing.
    """,
    examples: [
      .init(
        "layouts and sizes, as many at once as fit",
        "cmalab matrix run boards/matrices/edges.yaml --out edges"),
      .init(
        "go on after an interruption",
        "cmalab matrix run boards/matrices/edges.yaml --out edges --resume"),
      .init(
        "a quarter of it, on one of four machines",
        "cmalab matrix run boards/matrices/edges.yaml --shard 1/4 --out part-1"),
    ],
    statuses: [
      .success("every cell came to what was expected"),
      .failure("some did not"),
      .trouble("a cell is inconclusive, or trouble with this machine"),
    ])

  @Argument(help: "The matrix file (YAML).")
  var file: FilePath

  @Option(help: "Guests at once (default: what processors and memory allow).")
  var jobs: Int?

  @Option(help: "Run a part of the cells: I/N, as in 1/4.", transform: Shard.init(argument:))
  var shard: Shard?

  @OptionGroup var chosen: CellOptions

  @Flag(help: "Go on with a matrix that was interrupted.")
  var resume = false

  @Option(help: "The folder that keeps the results (default: the matrix's name).")
  var out: FilePath?

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs is \(jobs): give 1 to 1024")
    }
  }

  func run() async throws {
    let bytes = try HostFile.read(file, limit: 1 << 20)
    let matrix = try MatrixFile(try YAMLText(file: file.string, bytes: bytes))
    let plan = MatrixPlan(
      name: matrix.name, timeout: matrix.timeout,
      cells: try chosen.cells(of: matrix, in: file), shard: shard)
    let folder = MatrixFolder((out ?? FilePath(matrix.name)).absolute)
    let session = try await MatrixSession(
      plan: plan, in: folder, session: try .ofThisProcess(),
      source: .init(file: file.string, workingDirectory: HostEnvironment.workingDirectory))
    let progress = MatrixProgress(total: plan.ownCells.count)
    func outcome() throws -> MatrixOutcome {
      MatrixOutcome(plan: plan, results: try folder.readResults(of: plan).results)
    }
    do {
      try await session.run(
        resuming: resume,
        concurrency: Concurrency(
          jobs: jobs ?? ThisProcess.processorCount, memory: try HostMemory.available())
      ) { progress.show($0) }
    } catch {
      progress.end()
      // What ran is not lost on the user because something else failed.
      if progress.hasStarted {
        try StandardOutput.write(try outcome().text)
        StandardError.say("the results are kept in \(folder.path), and --resume goes on from them")
      }
      throw error
    }
    progress.end()
    let outcome = try outcome()
    try StandardOutput.write(outcome.text)
    StandardError.say("the results are kept in \(folder.path)")
    if let code = outcome.exitCode { throw code }
  }
}

extension Shard {
  init(argument: String) throws {
    guard let shard = Shard(argument) else {
      throw ValidationError("'\(argument)' is not a shard: write I/N, as in 1/4")
    }
    self = shard
  }
}
