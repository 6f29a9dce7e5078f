// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// What keeps a matrix from being submitted, one clear error each, and nothing is left of it.
@Suite struct SubmitTests {
  private static let matrix = """
    name: two
    axes:
      board: [arm64-4g]
      cma: [64M, 128M]
    """

  /// Programs that say what those of Slurm 22.05 do on a cluster of one partition and two nodes.
  private static let slurm = [
    "sbatch": "exit 1",
    "sinfo": "echo 'cma|cma*|0/2|0/4/0/4|2|7900'",
    "scontrol": "echo 'MaxArraySize            = 1001'",
    "srun": "echo 'cmalab-host|n1|no|||'; echo 'cmalab-host|n2|yes|||'",
  ]

  /// Submits, with those programs alone in PATH.
  private func submit(
    _ arguments: [String], programs: [String: String], to out: String = "it's \"shared\"",
    in scratch: ScratchFolder
  ) async throws -> CMALabResult {
    let file = try scratch.write(Self.matrix, to: "a matrix.yaml")
    let bin =
      HostFile.exists(scratch["bin"])
      ? scratch["bin"] : try scratch.programs(["sh", "setpriv", "prlimit", "sha256sum"])
    for (name, text) in programs {
      try HostFile.write(
        Array("#!/bin/sh\n\(text)\n".utf8), to: bin.appending(name),
        permissions: [.ownerReadWriteExecute])
    }
    return try await CMALabProcess(
      ["matrix", "submit", file.string, "--out", scratch[out].string] + arguments,
      environment: ["PATH": bin.string]
    ).result()
  }

  @Test func withoutSbatchNothingIsSubmitted() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await submit(["--engine", "slurm"], programs: [:], in: scratch)
      #expect(result.status == .exited(2))
      #expect(
        result.complaints == [
          "cmalab: error: no sbatch in PATH: submit from a machine that has Slurm's client, or give "
            + "--print and run the script there"
        ])
      #expect(!HostFile.exists(scratch["it's \"shared\""]))
    }
  }

  @Test func aPartitionThatIsNotThereIsNamed() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await submit(
        ["--engine", "slurm", "--partition", "gpu"], programs: Self.slurm, in: scratch)
      #expect(result.status == .exited(2))
      #expect(
        result.complaints == [
          "cmalab: error: the cluster has no partition 'gpu': give --partition one of cma"
        ])
    }
  }

  @Test func nodesThatDoNotSeeTheFolderOrLackAProgramAreNamed() async throws {
    try await ScratchFolder.with { scratch in
      let result = try await submit(
        ["--engine", "slurm", "--program", "/opt/cmalab"], programs: Self.slurm, in: scratch)
      #expect(result.status == .exited(2))
      let shared = scratch["it's \"shared\""]
      #expect(
        result.complaints == [
          "cmalab: error: n1 does not see \(shared): give --out a folder on a file system that all "
            + "hosts share",
          "cmalab: error: n2 has no /opt/cmalab: install cmalab there, or give its path with "
            + "--program",
          "cmalab: error: n2 has no qemu-system-aarch64 in PATH: install qemu-system-arm there",
        ])
      #expect(try HostFile.names(in: shared.appending("submissions")).isEmpty)
    }
  }

  @Test(arguments: [
    (["--engine", "slurm", "--partition", "a b"], "is not what Slurm takes"),
    (["--engine", "slurm", "--time", "soon"], "is not what Slurm takes"),
    (["--engine", "parallel"], "--engine parallel needs --hosts"),
    (["--engine", "kubernetes"], "--engine kubernetes needs --image and --volume-claim"),
    (["--engine", "none", "--shards", "0"], "--shards is 0: give 1 to 1000"),
    (["--engine", "github", "--shards", "257"], "github runs at most 256 jobs"),
    (["--engine", "none", "--resume"], "holds no submission"),
  ])
  func whatCannotBeIsSaidAtOnce(arguments: [String], words: String) async throws {
    try await ScratchFolder.with { scratch in
      let result = try await submit(arguments, programs: Self.slurm, in: scratch)
      #expect(result.status != .exited(0))
      #expect(result.complaints.count == 1)
      #expect(result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test func whoSubmitsAgainIsToldWhatStillRuns() async throws {
    try await ScratchFolder.with { scratch in
      let none = ["--engine", "none", "--shards", "1"]
      let first = try await submit(none, programs: [:], in: scratch)
      #expect(first.status == .exited(0))
      let merge = ToolCommand(
        .named("cmalab"), ["matrix", "merge", scratch["it's \"shared\""].string])
      #expect(first.output.hasSuffix("      \(merge)\n"))
      _ = try scratch.write("", to: "it's \"shared\"/attempts/1-0001-1-n1.partial/heartbeat")
      let again = try await submit(none, programs: [:], in: scratch)
      #expect(again.status == .exited(0))
      #expect(again.errors.contains("cmalab: warning: still running"), "\(again.errors)")
      #expect(again.errors.contains("1-0001-1-n1"))
    }
  }

  /// Whatever the folder is called, its scripts are written, and nothing is submitted.
  @Test func printedScriptsAreInTheSharedFolder() async throws {
    try await ScratchFolder.with { scratch in
      let out = "a \"folder\", it's `shared` $HOME"
      let result = try await submit(
        ["--engine", "slurm", "--shards", "2", "--print"], programs: [:], to: out, in: scratch)
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.output.contains("efficiency"))
      let submission = scratch[out].appending("submissions").appending("1")
      let names = try HostFile.names(in: submission)
      for name in ["build.sh", "shard.sh", "merge.sh", "keeper.sh", "release.sh", "submit.sh"] {
        #expect(names.contains(name))
      }
      let next = ToolCommand(.path(submission.appending("submit.sh")))
      #expect(result.output.hasSuffix("\nthe scripts are in \(submission)\nnext: \(next)\n"))
      #expect(try HostFile.names(in: submission.appending("cells")) == ["0001", "0002"])
    }
  }
}
