// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage
import Testing

extension Guests {
  /// `cmalab kernels`, on a cache of its own that holds a kernel built for another one.
  @Suite struct KernelsCommandTests {
    @Test func aKernelOfTodaysIngredientsBelongsToItsLine() async throws {
      let kernel = try await TestKernel.image().removingLastComponent()
      try await ScratchFolder.with { scratch in
        let cache = try await Self.cache(in: scratch, holding: kernel, as: kernel.lastName)

        let list = try await Self.kernels(["list"], cache)
        #expect(list.status.isSuccess, "\(list.errors)")
        #expect(list.output.contains(/6\.1 +bookworm +6\.1\.\d+ +arm64 4k +built +\d+ MiB/))
        #expect(list.output.contains(/7\.2 +sid +- +- +not built +-/))

        let prune = try await Self.kernels(["prune"], cache)
        #expect(prune.output == "0 MiB came free\n", "\(prune.errors)")
        #expect(HostFile.exists(cache.pushing(FilePath("kernels/\(kernel.lastName)"))))
      }
    }

    @Test func oneThatNobodyWouldAskForIsPruned() async throws {
      let kernel = try await TestKernel.image().removingLastComponent()
      try await ScratchFolder.with { scratch in
        let name = String(repeating: "0", count: 64)
        let cache = try await Self.cache(in: scratch, holding: kernel, as: name)

        let list = try await Self.kernels([], cache)
        let row = /- +- +6\.1\.\d+ +arm64 4k +out of date +\d+ MiB/
        #expect(list.output.contains(row), "\(list.errors)")

        let prune = try await Self.kernels(["prune"], cache)
        #expect(prune.output.contains(/^[1-9]\d* MiB came free\n$/), "\(prune.errors)")
        let left = try HostFile.names(in: cache.appending("kernels"))
        #expect(left == [])
      }
    }

    @Test func allOfThemGoWhereThatIsAsked() async throws {
      let kernel = try await TestKernel.image().removingLastComponent()
      try await ScratchFolder.with { scratch in
        let cache = try await Self.cache(in: scratch, holding: kernel, as: kernel.lastName)
        let prune = try await Self.kernels(["prune", "--all"], cache)
        #expect(prune.output.contains(/^[1-9]\d* MiB came free\n$/), "\(prune.errors)")
        let left = try HostFile.names(in: cache.appending("kernels"))
        #expect(left == [])
      }
    }

    @Test func aLineThatIsNotThereIsNamed() async throws {
      let result = try await CMALabProcess(["kernels", "update", "--kernel", "9.9"]).result()
      #expect(result.status == .exited(64))
      #expect(result.complaints.count == 1)
      #expect(result.errors.contains("there is no kernel line '9.9': choose one of 5.10, 6.1"))
    }

    private static func cache(
      in scratch: ScratchFolder, holding kernel: FilePath, as name: String
    ) async throws -> FilePath {
      let kernels = try await scratch.copy([kernel], to: "kernels")
      if name != kernel.lastName {
        try HostFile.rename(kernels.appending(kernel.lastName), to: kernels.appending(name))
      }
      return scratch.path
    }

    private static func kernels(
      _ arguments: [String], _ cache: FilePath
    ) async throws -> CMALabResult {
      try await CMALabProcess(["kernels"] + arguments, environment: ["CMALAB_CACHE": cache.string])
        .result()
    }
  }
}

extension FilePath {
  fileprivate var lastName: String { lastComponent?.string ?? "" }
}
