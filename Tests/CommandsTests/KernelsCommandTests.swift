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

        // What a kernel was made from tells whose it is.
        try await TestKernel.copyArchives(to: cache)

        let list = try await Self.kernels(["list"], cache)
        #expect(list.status.isSuccess, "\(list.errors)")
        let row =
          /6\.1 +(installed|bookworm|bookworm-security) +6\.1\.\d+ +arm64 4k +built +\d+ MiB/
        #expect(list.output.contains(row), "\(list.output)")
        #expect(list.output.contains(/\n7\.2 +[a-z,-]+ +- +- +not built +-\n/), "\(list.output)")

        // Downloads of suites that no line names any more go with the first.
        _ = try await Self.kernels(["prune", "--yes"], cache)
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
        #expect(list.output.contains(/\n1 kernels: \d+ MiB\n  1 are out of date: \d+ MiB\n/))
        #expect(list.output.contains(/\nAll of .*: [1-9]\d* MiB\n/))

        let unasked = try await Self.kernels(["prune"], cache)
        #expect(unasked.status == .exited(64))
        #expect(
          unasked.complaints.first?.contains(
            /[1-9]\d* MiB can go, and nobody is asked without a terminal: give --yes/) == true)
        #expect(try HostFile.names(in: cache.appending("kernels")) == [name])

        let prune = try await Self.kernels(["prune", "--yes"], cache)
        #expect(
          prune.output.contains(
            /^removing 1 kernels that no line would build any more, [1-9]\d* MiB\n/))
        #expect(prune.output.contains(/\n[1-9]\d* MiB came free\n$/), "\(prune.errors)")
        let left = try HostFile.names(in: cache.appending("kernels"))
        #expect(left == [])
      }
    }

    /// Whoever sits before a terminal is asked, and what was not agreed to stays.
    @Test func aKernelGoesWithItsUsersWillAlone() async throws {
      let kernel = try await TestKernel.image().removingLastComponent()
      try await ScratchFolder.with { scratch in
        let name = String(repeating: "0", count: 64)
        let cache = try await Self.cache(in: scratch, holding: kernel, as: name)
        for (answer, left) in [("n\n", [name]), ("y\n", [])] {
          let shown = try await TypedCommand(
            ["kernels", "prune"], environment: ["CMALAB_CACHE": cache.string],
            steps: [("remove? [y/N] ", answer)]
          ).shown()
          #expect(shown.contains("1 kernels that no line would build any more, "))
          #expect(shown.hasSuffix("[status 0] [restored True] []\n"), "\(shown)")
          #expect(try HostFile.names(in: cache.appending("kernels")) == left)
        }
      }
    }

    @Test func allOfThemGoWhereThatIsAsked() async throws {
      let kernel = try await TestKernel.image().removingLastComponent()
      try await ScratchFolder.with { scratch in
        let cache = try await Self.cache(in: scratch, holding: kernel, as: kernel.lastName)
        let prune = try await Self.kernels(["prune", "--all", "--yes"], cache)
        #expect(prune.output.contains(/\n[1-9]\d* MiB came free\n$/), "\(prune.errors)")
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

    /// A package of another line's: its source is here, and would build.
    @Test func aKernelOfAnotherLineIsRefused() async throws {
      _ = try await TestKernel.image()
      try await ScratchFolder.with { scratch in
        let folder = "kernel-config"
        for part in ["boards", "dts", "images"] {
          try symbolicLink(
            from: scratch[part], to: TestEnvironment.checkout.appending(part))
        }
        _ = try await scratch.copy([TestEnvironment.checkout.appending(folder)], to: "copy")
        try HostFile.rename(scratch["copy"].appending(folder), to: scratch[folder])
        let file = scratch[folder].appending("kernels.yaml")
        let text = String(decoding: try HostFile.read(file, limit: 1 << 16), as: UTF8.self)
        let planted = text.replacing(/name: "6\.1"/, with: "name: \"7.9\"")
          .replacing(/default: "6\.1"/, with: "default: \"7.9\"")
        try HostFile.write(Array(planted.utf8), to: file)

        let result = try await CMALabProcess(
          ["build", "kernel"], environment: ["CMALAB_HOME": scratch.path.string]
        ).result()
        #expect(result.status == .exited(2))
        #expect(
          result.errors.contains(/package linux-source-6\.1 is Linux 6\.1\.\d+, .* line 7\.9:/),
          "\(result.errors)")
      }
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
