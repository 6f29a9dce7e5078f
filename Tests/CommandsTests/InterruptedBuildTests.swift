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

    /// Ctrl-C while it compiles, and the same command again.
    @Test func anInterruptedBuildIsGoneOnWith() async throws {
      _ = try await TestKernel.image()
      try await ScratchFolder.with { scratch in
        let cache = scratch["cache"]
        try await TestKernel.copyArchives(to: cache)
        let own = try ContentCache.ofUser(environment: TestEnvironment.variables).root
        try symbolicLink(
          from: cache.appending("kernel-sources"), to: own.appending("kernel-sources"))
        let kernels = cache.appending("kernels")

        var before: [FilePath: Inode] = [:]
        for isSecond in [false, true] {
          let build = CMALabProcess(
            ["build", "kernel"], environment: ["CMALAB_CACHE": cache.string])
          let known = before.count
          let result = try await build.result(output: scratch["output"]) { cmalab in
            // More than make is about, which it removes.
            while compiled(in: kernels).count < known + 8 {
              try await Task.sleep(for: .milliseconds(20))
            }
            kill(cmalab, SIGINT)
          }
          #expect(result.status == .exited(2))
          #expect(result.errors.contains("where its build was interrupted") == isSecond)
          let after = Dictionary(
            uniqueKeysWithValues: try compiled(in: kernels).map { ($0, try $0.stat().inode) })
          #expect(!after.isEmpty)
          #expect(before.allSatisfy { after[$0.key] == $0.value })
          before = after
        }

        let prune = try await CMALabProcess(
          ["kernels", "prune", "--yes"], environment: ["CMALAB_CACHE": cache.string]
        ).result()
        #expect(prune.output.contains("removing 1 interrupted builds of kernels"))
        #expect(try HostFile.names(in: kernels).isEmpty)
      }
    }

    /// Objects of the kernel itself that a build has finished so far, of the folders that come first: with
    /// the command that made them beside them.
    @Sendable private func compiled(in kernels: FilePath) -> [FilePath] {
      let drafts = (try? HostFile.names(in: kernels))?.filter { $0.hasSuffix(".draft") } ?? []
      return drafts.flatMap { draft in
        ["build/init", "build/arch/arm64/kernel", "build/arch/arm64/mm"].flatMap { part in
          let folder = kernels.appending(draft).pushing(FilePath(part))
          let names = Set((try? HostFile.names(in: folder)) ?? [])
          return names.filter { $0.hasSuffix(".o") && names.contains(".\($0).cmd") }
            .map { folder.appending($0) }
        }
      }
    }

    @Sendable private func isUnpacking(into sources: FilePath) throws -> Bool {
      guard HostFile.exists(sources) else { return false }
      let drafts = try HostFile.names(in: sources).filter { $0.hasSuffix(".draft") }
      return try drafts.contains { try !HostFile.names(in: sources.appending($0)).isEmpty }
    }
  }
}
