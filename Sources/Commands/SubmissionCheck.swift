// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchJobs
import HostProcesses
import Quantities
import SystemPackage

/// A dry run of what a submission needs of the hosts.
struct SubmissionCheck {
  private let prepared: PreparedSubmission
  private let groups: [SlurmCluster.NodeGroup]
  private let slurm: SlurmArguments

  init(
    _ prepared: PreparedSubmission, _ groups: [SlurmCluster.NodeGroup], _ slurm: SlurmArguments
  ) {
    self.prepared = prepared
    self.groups = groups
    self.slurm = slurm
  }

  private var scripts: BatchScripts { prepared.scripts }

  /// - Throws: `ExitCode` after each thing that is missing was told, a line each.
  func run(_ engine: BatchEngine) async throws {
    var check = ClusterCheck()
    switch engine {
    case .slurm: try await askSlurm(&check)
    case .parallel: try await askHosts(&check)
    case .planOnly, .github, .gitlab, .kubernetes: break
    }
    for note in check.notes { Diagnostics.warning(note) }
    for problem in check.problems { Diagnostics.error(problem) }
    guard check.problems.isEmpty else { throw ExitCode.trouble }
  }

  private func askSlurm(_ check: inout ClusterCheck) async throws {
    let largest = groups.map(\.memory).max() ?? .zero
    if largest < scripts.memory {
      check.problems.append(
        "no node of the partition has \(scripts.memory): the largest has \(largest): "
          + "give fewer --jobs, or another --partition")
      return
    }
    let (probes, unasked) = try await SlurmCluster.probe(
      groups, partition: slurm.partition, file: scripts.submission.record,
      program: scripts.program)
    check.add(probes, scripts.batch, program: scripts.program, expected: prepared.versions)
    if unasked > 0 {
      check.notes.append(
        "\(unasked) nodes are busy or down and were not asked: their tasks will say what is missing"
      )
    }
  }

  private func askHosts(_ check: inout ClusterCheck) async throws {
    do {
      _ = try ToolSearch.path(of: "parallel")
    } catch {
      check.problems.append("no parallel in PATH: install the package parallel (GNU parallel)")
      return
    }
    let hosts = scripts.submission.path.appending(ParallelScripts.hostsName)
    let asked = try await ToolCommand(
      .named("parallel"),
      [
        "--will-cite", "--sshloginfile", hosts.string, "--nonall", "--jobs", "0", "--quote",
        "--ssh", "ssh -o BatchMode=yes -o ConnectTimeout=10", "--tag", "sh", "-c",
        HostProbe.script, "sh", scripts.submission.record.string, scripts.program.string,
      ]
    ).collect(deadline: .seconds(90))
    let output = String(decoding: asked.standardOutput, as: UTF8.self)
    // --tag sets the host as it was given before each line.
    let lines = output.split(separator: "\n").compactMap { line in
      line.split(separator: "\t", maxSplits: 1).last
    }
    let probes = HostProbe.all(in: lines.joined(separator: "\n"))
    check.add(probes, scripts.batch, program: scripts.program, expected: prepared.versions)
    if !asked.status.isSuccess {
      check.problems.append(
        "not every host of \(hosts) answers ssh without a password:\n"
          + ToolCommand.tail(of: asked.standardError, lines: 10))
    }
  }
}
