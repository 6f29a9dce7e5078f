// SPDX-License-Identifier: Apache-2.0
import Foundation
import HostFiles
import HostProcesses
import SystemPackage
import Testing
import Yams

extension Guests {
  /// The examples for CI servers: their `cmalab` commands, in the servers' order, as those run them.
  @Suite struct PipelineTests {
    private static let examples = TestEnvironment.checkout.pushing(".github/examples")

    @Test func gitHubsExampleMakesAReport() async throws {
      let pipeline = try Self.read("github-actions.yml")
      let jobs = try #require(pipeline["jobs"] as? [String: [String: Any]])
      func commands(_ job: String) throws -> [String] {
        let steps = try #require(jobs[job]?["steps"] as? [[String: Any]])
        return steps.compactMap { $0["run"] as? String }
      }
      let strategy = try #require(jobs["shard"]?["strategy"] as? [String: Any])
      let shards = try #require((strategy["matrix"] as? [String: [Int]])?["shard"])
      let sharded = try shards.map { shard in
        try commands("shard").map { $0.replacing("${{ matrix.shard }}", with: "\(shard)") }
      }
      // The artifacts are downloaded after the plan was made.
      try await expectReport(from: sharded, to: try commands("report"), commandsBeforeArtifacts: 1)
    }

    @Test func gitLabsExampleMakesAReport() async throws {
      let pipeline = try Self.read("gitlab-ci.yml")
      let standard = try #require(pipeline["default"] as? [String: Any])
      let before = try #require(standard["before_script"] as? [String])
      func commands(_ job: String) throws -> [String] {
        let job = try #require(pipeline[job] as? [String: Any])
        return before + (job["script"] as? [String] ?? [])
          + (job["after_script"] as? [String] ?? [])
      }
      let count = try #require((pipeline["shard"] as? [String: Any])?["parallel"] as? Int)
      let sharded = try (1...count).map { index in
        // What GitLab sets in each of the parallel jobs.
        try commands("shard").map { "CI_NODE_INDEX=\(index) CI_NODE_TOTAL=\(count); \($0)" }
      }
      // A runner has the artifacts before it runs a job's first line.
      try await expectReport(from: sharded, to: try commands("report"), commandsBeforeArtifacts: 0)
    }

    private static func read(_ name: String) throws -> [String: Any] {
      let bytes = try HostFile.read(examples.appending(name), limit: 1 << 16)
      return try #require(
        try Yams.load(yaml: String(decoding: bytes, as: UTF8.self)) as? [String: Any])
    }

    /// Runs each job in a checkout of its own, and hands on what a server does.
    private func expectReport(
      from shards: [[String]], to report: [String], commandsBeforeArtifacts: Int
    ) async throws {
      try await ScratchFolder.with { scratch in
        var attempts: [FilePath] = []
        for (index, lines) in shards.enumerated() {
          let checkout = scratch["shard-\(index + 1)"]
          try await run(Self.commands(in: lines)[...], in: checkout)
          attempts.append(checkout.pushing("batch/attempts"))
        }
        let checkout = scratch["report"]
        let commands = Self.commands(in: report)
        try await run(commands.prefix(commandsBeforeArtifacts), in: checkout)
        try HostFile.createDirectory(checkout.pushing("batch/attempts"))
        for folder in attempts {
          _ = try await ToolCommand(
            .named("cp"), ["-R", "\(folder)/.", checkout.pushing("batch/attempts").string]
          ).output(deadline: .seconds(60))
        }
        try await run(commands.dropFirst(commandsBeforeArtifacts), in: checkout)
        let junit = String(
          decoding: try HostFile.read(checkout.appending("junit.xml"), limit: 8 << 20),
          as: UTF8.self)
        // Two layouts and nine sizes.
        #expect(junit.components(separatedBy: "<testcase").count - 1 == 18)
        #expect(HostFile.exists(checkout.appending("report.html")))
      }
    }

    /// Those that call `cmalab`; what prepares the machine is apt's and make's.
    private static func commands(in lines: [String]) -> [String] {
      lines.filter { $0.contains("cmalab ") }
    }

    private func run(_ commands: ArraySlice<String>, in checkout: FilePath) async throws {
      try HostFile.createDirectory(checkout)
      let boards = checkout.appending("boards")
      if !HostFile.exists(boards) {
        try symbolicLink(from: boards, to: TestEnvironment.checkout.appending("boards"))
      }
      let path = getenv("PATH").map { String(cString: $0) } ?? ""
      let programs = try CMALabProcess.executable.removingLastComponent()
      for command in commands {
        let result = try await ToolCommand(
          .named("bash"), ["-e", "-c", command],
          environment: [
            "PATH": "\(programs):\(path)",
            "GITHUB_STEP_SUMMARY": checkout.appending("summary.md").string,
          ], directory: checkout
        ).collect(deadline: .seconds(200))
        #expect(
          result.status.isSuccess,
          "\(command): \(String(decoding: result.standardError, as: UTF8.self))")
      }
    }
  }
}
