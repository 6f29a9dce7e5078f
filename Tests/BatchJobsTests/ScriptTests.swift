// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Quantities
import SystemPackage
import Testing
import Yams

@testable import BatchJobs

@Suite struct ScriptTests {
  /// Names that a shell, YAML or Slurm would take for something else.
  private static let folders = ["/shared/plain", "/shared/it's a \"$HOME\" `id` %j \\ #&;*"]

  private static func scripts(_ folder: String = folders[1]) -> BatchScripts {
    let batch = BatchFolder(FilePath(folder))
    let costs = (0..<40).map { CellCosts.Cost(cell: "c\($0)", seconds: 1, isMeasured: false) }
    return BatchScripts(
      batch: batch, submission: batch.submission(2), name: "edges",
      shards: ShardPlan(costs, count: 4).shards, program: FilePath(folder + "/bin/cmalab"),
      environment: [("CMALAB_HOME", "/srv/it's here")], jobs: 2, memory: .mebibytes(900))
  }

  private static func allFiles(_ scripts: BatchScripts) throws -> [BatchScripts.File] {
    let options = try #require(SlurmScripts.Options(partition: "cma", time: "1:00:00"))
    return SlurmScripts(scripts, options).files + ParallelScripts(scripts).files
      + KubernetesJobs(scripts, image: "registry.example/cmalab:1", claim: "shared").files
  }

  @Test(arguments: folders)
  func shellcheckFindsNothing(folder: String) async throws {
    let files = try Self.allFiles(Self.scripts(folder)).filter(\.isExecutable)
    #expect(files.count == 9)
    for file in files {
      // SC2016: a $ in single quotes is one of the folder's name.
      let result = try await ToolCommand(.named("shellcheck"), ["--exclude=SC2016", "-"])
        .collect(input: Array(file.text.utf8), deadline: .seconds(120))
      #expect(
        result.status.isSuccess,
        "\(file.name): \(String(decoding: result.standardOutput, as: UTF8.self))")
    }
  }

  /// What bash makes of the variables is the path, letter by letter.
  @Test func pathsReachTheProgramsAsTheyAre() async throws {
    let scripts = Self.scripts()
    let lines = scripts.preamble.split(separator: "\n").prefix(3).joined(separator: "\n")
    let printed = try await ToolCommand(
      .named("bash"), ["-c", "\(lines)\nprintf '%s\\n' \"$shared\" \"$cmalab\" \"$CMALAB_HOME\""]
    ).output(deadline: .seconds(120))
    #expect(
      String(decoding: printed, as: UTF8.self) == """
        \(Self.folders[1])
        \(Self.folders[1])/bin/cmalab
        /srv/it's here

        """)
  }

  @Test func slurmGetsAnArrayOfAllShards() throws {
    let files = try Self.allFiles(Self.scripts())
    let shard = try #require(files.first { $0.name == "shard.sh" }).text
    let options = shard.split(separator: "\n").filter { $0.hasPrefix("#SBATCH ") }
    for option in [
      "--requeue", "--open-mode=append", "--signal=B:TERM@60", "--partition=cma", "--time=1:00:00",
      "--cpus-per-task=2", "--mem=900M", "--output=logs/shard-%a.log",
    ] {
      #expect(options.contains("#SBATCH \(option)"))
    }
    let submit = try #require(files.first { $0.name == "submit.sh" }).text
    #expect(submit.contains("--array=1-4 "))
    #expect(submit.contains("--dependency=afterany:\"$shards\" merge.sh"))
  }

  @Test func theJobsOfKubernetesAreWhatTheySay() throws {
    let files = try Self.allFiles(Self.scripts()).filter { $0.name.hasSuffix(".yaml") }
    #expect(files.map(\.name) == ["build.yaml", "shards.yaml", "merge.yaml"])
    for file in files {
      let job = try #require(try Yams.load(yaml: file.text) as? [String: Any])
      #expect(job["apiVersion"] as? String == "batch/v1" && job["kind"] as? String == "Job")
    }
    let job = try #require(try Yams.load(yaml: files[1].text) as? [String: Any])
    let spec = try #require(job["spec"] as? [String: Any])
    #expect(spec["completionMode"] as? String == "Indexed" && spec["completions"] as? Int == 4)
    let template = try #require(spec["template"] as? [String: Any])
    let pod = try #require(template["spec"] as? [String: Any])
    let container = try #require((pod["containers"] as? [[String: Any]])?.first)
    #expect(
      container["args"] as? [String] == [
        "exec cmalab matrix shard /shared --submission 2 --shard $((JOB_COMPLETION_INDEX + 1)) --jobs 2"
      ])
    #expect(container["image"] as? String == "registry.example/cmalab:1")
  }
}

@Suite struct PipelineTests {
  private static let checkout = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()

  private static func steps(_ yaml: String, job: String) throws -> [String] {
    let file = try #require(try Yams.load(yaml: yaml) as? [String: Any])
    let jobs = try #require(file["jobs"] as? [String: Any])
    let steps = try #require((jobs[job] as? [String: Any])?["steps"] as? [[String: Any]])
    return steps.compactMap { $0["run"] as? String }
  }

  /// They are what 'cmalab matrix submit boards/matrices/edges.yaml --shards 2' prints.
  @Test func theExamplesAreWhatIsPrinted() throws {
    let pipeline = PipelineFiles(matrix: "boards/matrices/edges.yaml", shards: 2)
    let examples = Self.checkout.appending(".github").appending("examples")
    for (name, text) in [
      ("github-actions.yml", pipeline.github), ("gitlab-ci.yml", pipeline.gitlab),
    ] {
      let example = try HostFile.read(examples.appending(name), limit: 1 << 20)
      #expect(String(decoding: example, as: UTF8.self) == text)
    }
  }

  @Test(arguments: ["boards/matrices/edges.yaml", "it's \"mine\": ${{ secrets }} #1.yaml"])
  func aJobRunsEachShardWhateverTheFileIsCalled(name: String) async throws {
    let pipeline = PipelineFiles(matrix: FilePath(name), shards: 3)
    let file = try #require(try Yams.load(yaml: pipeline.github) as? [String: Any])
    let jobs = try #require(file["jobs"] as? [String: Any])
    let strategy = try #require((jobs["shard"] as? [String: Any])?["strategy"] as? [String: Any])
    #expect((strategy["matrix"] as? [String: Any])?["shard"] as? [Int] == [1, 2, 3])

    // GitHub puts the value of each expression in its place before a shell sees the line.
    let expression = "${{ '${{' }}"
    let github = try Self.steps(pipeline.github, job: "shard")
      .map { $0.replacing(expression, with: "${{") }
    let gitlab = try #require(try Yams.load(yaml: pipeline.gitlab) as? [String: Any])
    let before = try #require(
      (gitlab["default"] as? [String: Any])?["before_script"] as? [String])
    #expect((gitlab["shard"] as? [String: Any])?["parallel"] as? Int == 3)
    for lines in [github, before] {
      let plan = try #require(lines.first { $0.contains("matrix submit") })
      let words = try await ToolCommand(
        .named("sh"), ["-c", "cmalab() { printf '%s\\n' \"$@\"; }\n\(plan)"]
      )
      .output(deadline: .seconds(120))
      #expect(
        String(decoding: words, as: UTF8.self).split(separator: "\n") == [
          "matrix", "submit", Substring(name), "--engine", "none", "--shards", "3", "--out",
          "batch",
        ])
    }
    #expect(github.contains("cmalab matrix shard batch --shard ${{ matrix.shard }}"))
    let report = try Self.steps(pipeline.github, job: "report")
    #expect(report.contains("cmalab matrix merge batch"))
  }
}
