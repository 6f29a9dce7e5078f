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
      let sharded = try shards.flatMap { shard in
        try commands("shard").map { $0.replacing("${{ matrix.shard }}", with: "\(shard)") }
      }
      try await expectReport(from: sharded + (try commands("report")))
    }

    @Test func gitLabsExampleMakesAReport() async throws {
      let pipeline = try Self.read("gitlab-ci.yml")
      func commands(_ job: String) throws -> [String] {
        let job = try #require(pipeline[job] as? [String: Any])
        return (job["script"] as? [String] ?? []) + (job["after_script"] as? [String] ?? [])
      }
      let count = try #require((pipeline["shard"] as? [String: Any])?["parallel"] as? Int)
      let sharded = try (1...count).flatMap { index in
        // What GitLab sets in each of the parallel jobs.
        try commands("shard").map { "CI_NODE_INDEX=\(index) CI_NODE_TOTAL=\(count); \($0)" }
      }
      try await expectReport(from: sharded + (try commands("report")))
    }

    private static func read(_ name: String) throws -> [String: Any] {
      let bytes = try HostFile.read(examples.appending(name), limit: 1 << 16)
      return try #require(
        try Yams.load(yaml: String(decoding: bytes, as: UTF8.self)) as? [String: Any])
    }

    /// Runs those of the commands that call `cmalab`; what prepares the machine is apt's and make's.
    private func expectReport(from lines: [String]) async throws {
      let commands = lines.filter { $0.contains("cmalab ") }
      #expect(commands.count >= 5)
      try await ScratchFolder.with { scratch in
        try symbolicLink(from: scratch["boards"], to: TestEnvironment.checkout.appending("boards"))
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let programs = try CMALabProcess.executable.removingLastComponent()
        for command in commands {
          let result = try await ToolCommand(
            .named("bash"), ["-e", "-c", command],
            environment: [
              "PATH": "\(programs):\(path)",
              "GITHUB_STEP_SUMMARY": scratch["summary.md"].string,
            ], directory: scratch.path
          ).collect(deadline: .seconds(200))
          #expect(
            result.status.isSuccess,
            "\(command): \(String(decoding: result.standardError, as: UTF8.self))")
        }
        let junit = String(
          decoding: try HostFile.read(scratch["junit.xml"], limit: 8 << 20), as: UTF8.self)
        // Two layouts and nine sizes.
        #expect(junit.components(separatedBy: "<testcase").count - 1 == 18)
        #expect(HostFile.exists(scratch["report.html"]))
      }
    }
  }
}
