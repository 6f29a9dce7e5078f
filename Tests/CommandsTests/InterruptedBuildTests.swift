// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import HostProcesses
import SystemPackage
import Testing

extension Guests {
  @Suite struct InterruptedBuildTests {
    /// It unpacks the kernel's source then, thousands of files.
    @Test func anInterruptedBuildLeavesNothingThatLooksBuilt() async throws {
      try await ScratchFolder.with { scratch in
        let cache = scratch["cache"]
        let sources = cache.appending("kernel-sources")
        try await TestKernel.copyArchives(to: cache)
        let build = CMALabProcess(["build", "kernel"], environment: ["CMALAB_CACHE": cache.string])
        let result = try await build.result(output: scratch["output"]) { cmalab in
          while try !isUnpacking(into: sources) { try await Task.sleep(for: .milliseconds(20)) }
          kill(cmalab, SIGINT)
        }
        #expect(result.status == .exited(2))
        #expect(result.output.isEmpty)
        #expect(result.errors.hasSuffix("cmalab: interrupted\n"))
        #expect(try HostFile.names(in: sources).isEmpty)
        #expect(try HostFile.names(in: cache.appending("kernels")).isEmpty)
        let kinds = Set(try HostFile.names(in: cache))
        #expect(
          kinds.isSubset(
            of: ["fingerprints", "kernel-archives", "kernel-sources", "kernels", "logs"]))
      }
    }

    @Sendable private func isUnpacking(into sources: FilePath) throws -> Bool {
      guard HostFile.exists(sources) else { return false }
      let drafts = try HostFile.names(in: sources).filter { $0.hasSuffix(".draft") }
      return try drafts.contains { try !HostFile.names(in: sources.appending($0)).isEmpty }
    }
  }
}
