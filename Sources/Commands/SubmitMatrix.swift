// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchJobs
import HostFiles
import Matrix
import Quantities
import Records
import SystemPackage
import YAMLFiles

/// `cmalab matrix submit`
struct SubmitMatrix: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Cut a matrix into shards, and have a batch system run them.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    The folder given by --out is seen by all hosts; everything is written there: the plan, the \
    scripts, what each attempt did, and in the end the results. A second submission runs what is \
    missing. Engines github and gitlab print a pipeline instead, none makes the plan alone.
    """,
    examples: [
      .init(
        "what Slurm would run", "cmalab matrix submit m.yaml --engine slurm --out shared --print"),
      .init(
        "on a row of hosts, by ssh",
        "cmalab matrix submit m.yaml --engine parallel --hosts hosts --out shared"),
      .init("a pipeline of four jobs", "cmalab matrix submit m.yaml --engine gitlab --shards 4"),
    ],
    statuses: [
      .success("it is submitted; of engine parallel: every cell is as expected"),
      .trouble("nothing is submitted, or trouble with a host"),
    ])

  @Argument(help: "The matrix file (YAML).")
  var file: FilePath

  @Option(help: "What runs the shards: none, slurm, parallel, github, gitlab or kubernetes.")
  var engine: BatchEngine

  @Option(help: "The shared folder (default: the matrix's name).")
  var out: FilePath?

  @OptionGroup var chosen: CellOptions

  @Option(help: "How many shards (default: as the workers and the number of cells suggest).")
  var shards: Int?

  @Option(help: "Guests at once in a shard.")
  var jobs = 1

  @Option(help: "A folder with results of an earlier run, to know how long each cell takes.")
  var times: FilePath?

  @Option(help: "The path of cmalab on the hosts (default: this one's).")
  var program: FilePath?

  @OptionGroup var slurm: SlurmArguments

  @Option(help: "Of engine parallel: a file of hosts, as parallel's --sshloginfile takes it.")
  var hosts: FilePath?

  @Option(help: "Of engine kubernetes: the container image that has cmalab and QEMU.")
  var image: String?

  @Option(help: "Of engine kubernetes: the claim of the volume that is the shared folder.")
  var volumeClaim: String?

  @Flag(
    help:
      "Write the scripts, say how long they will take and how to start them, and submit nothing.")
  var print = false

  @Flag(help: "Go on with an earlier submission to the same folder, which has to be there.")
  var resume = false

  func validate() throws {
    if let shards, !(1...ShardPlan.mostShards).contains(shards) {
      throw ValidationError("--shards is \(shards): give 1 to \(ShardPlan.mostShards)")
    }
    guard (1...1024).contains(jobs) else {
      throw ValidationError("--jobs is \(jobs): give 1 to 1024")
    }
    guard engine != .parallel || hosts != nil else {
      throw ValidationError("--engine parallel needs --hosts: a file with a host a line")
    }
    guard engine != .kubernetes || (image != nil && volumeClaim != nil) else {
      throw ValidationError("--engine kubernetes needs --image and --volume-claim")
    }
    do { _ = try slurm.options } catch { throw ValidationError("\(error)") }
  }

  func run() async throws {
    let bytes = try HostFile.read(file, limit: 1 << 20)
    let matrix = try MatrixFile(try YAMLText(file: file.string, bytes: bytes))
    let plan = MatrixPlan(
      name: matrix.name, timeout: matrix.timeout,
      cells: try chosen.cells(of: matrix, in: file), shard: nil)
    switch engine {
    case .github: try writePipeline(pipeline(of: plan).github)
    case .gitlab: try writePipeline(pipeline(of: plan).gitlab)
    case .planOnly, .slurm, .parallel, .kubernetes: try await submit(plan, file: bytes)
    }
  }

  private func pipeline(of plan: MatrixPlan) throws -> PipelineFiles {
    PipelineFiles(
      matrix: file, shards: try pipelineShards(plan), only: chosen.only.map(\.description))
  }

  private func pipelineShards(_ plan: MatrixPlan) throws -> Int {
    let most =
      engine == .github ? PipelineFiles.mostGitHubJobs : PipelineFiles.mostGitLabJobs
    let shards = shards ?? min(ShardPlan.suitableCount(cells: plan.cells.count, workers: 2), most)
    guard shards <= most else {
      throw ValidationError("--shards is \(shards): \(engine.rawValue) runs at most \(most) jobs")
    }
    return shards
  }

  private func writePipeline(_ text: String) throws {
    guard let out else {
      try StandardOutput.write(text)
      return
    }
    try HostFile.createDirectory(out.absolute)
    let name = engine == .github ? "github-actions.yml" : "gitlab-ci.yml"
    try HostFile.write(Array(text.utf8), to: out.absolute.appending(name))
  }

  private func submit(_ plan: MatrixPlan, file bytes: [UInt8]) async throws {
    let batch = BatchFolder((out ?? FilePath(plan.name)).absolute)
    guard !batch.path.string.contains("\n"), !file.string.contains("\n") else {
      throw ValidationError("a path has a newline, which no batch system can be told: rename it")
    }
    if resume, try batch.allSubmissions().isEmpty { throw BatchError.noSubmission(batch.path) }
    try warnOfRunningAttempts(in: batch)
    let cluster = engine == .slurm && !print ? try await SlurmCluster.ask() : nil
    let groups = try cluster?.groups(of: slurm.partition) ?? []
    let cut = PreparedSubmission.Cut(
      shards: shards, workers: try workers(groups), times: times.map { MatrixFolder($0.absolute) },
      most: cluster?.mostShards ?? ShardPlan.mostShards)
    // Two at once would write one submission.
    let prepared = try await batch.matrix.reserved {
      let prepared = try await PreparedSubmission(
        plan, file: (file, bytes), in: batch, engine: engine, cut: cut,
        program: program?.absolute, jobs: jobs)
      try write(prepared.scripts)
      return prepared
    }
    let scripts = prepared.scripts
    Diagnostics.progress(prepared.words)
    guard !print, engine != .planOnly else {
      try StandardOutput.write(prepared.forecast + prepared.next(engine))
      return
    }
    do {
      try await SubmissionCheck(prepared, groups, slurm).run(engine)
    } catch {
      // Nothing was submitted, so nothing is to be gone on with.
      try HostFile.remove(scripts.submission.path)
      throw error
    }
    try await prepared.start(engine)
  }

  private func write(_ scripts: BatchScripts) throws {
    try scripts.write(try files(scripts))
    guard let hosts else { return }
    try HostFile.write(
      try HostFile.read(hosts, limit: 1 << 20),
      to: scripts.submission.path.appending(ParallelScripts.hostsName))
  }

  /// What runs has no results yet, so its cells are run twice.
  private func warnOfRunningAttempts(in batch: BatchFolder) throws {
    guard try !batch.allSubmissions().isEmpty else { return }
    var watch = try BatchWatch(of: batch)
    let running = try watch.status().running
    guard !running.isEmpty else { return }
    let names = running.map(\.name.description).joined(separator: ", ")
    Diagnostics.warning(
      "still running, and submitted again as far as it has no results: \(names)")
  }

  /// Tasks that run at once, as far as it is known.
  private func workers(_ groups: [SlurmCluster.NodeGroup]) throws -> Int? {
    if let hosts {
      let text = String(decoding: try HostFile.read(hosts, limit: 1 << 20), as: UTF8.self)
      return text.split(separator: "\n").count { !$0.hasPrefix("#") }
    }
    let tasks = groups.reduce(0) { $0 + $1.nodes * ($1.processorsPerNode / jobs) }
    return tasks > 0 ? tasks : nil
  }

  private func files(_ scripts: BatchScripts) throws -> [BatchScripts.File] {
    switch engine {
    case .slurm: SlurmScripts(scripts, try slurm.options).files
    case .parallel: ParallelScripts(scripts).files
    case .kubernetes:
      KubernetesJobs(scripts, image: image ?? "", claim: volumeClaim ?? "").files
    case .planOnly, .github, .gitlab: []
    }
  }
}

/// What only Slurm is told.
struct SlurmArguments: ParsableArguments {
  @Option(help: "Of engine slurm: the partition (default: the cluster's).")
  var partition: String?

  @Option(help: "Of engine slurm: the time that a shard may take, as sbatch's --time takes it.")
  var time: String?

  var options: SlurmScripts.Options {
    get throws {
      guard let options = SlurmScripts.Options(partition: partition, time: time) else {
        throw SlurmError.badWord(partition: partition, time: time)
      }
      return options
    }
  }
}

extension BatchEngine: ExpressibleByArgument {}
