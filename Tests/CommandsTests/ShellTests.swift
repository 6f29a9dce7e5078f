// SPDX-License-Identifier: Apache-2.0
import HostFiles
import SystemPackage
import Testing

extension Guests {
  /// `cmalab boot --shell`, as somebody uses it who sits before a terminal.
  @Suite struct ShellTests {
    private static let prompt = "guest:/# "

    @Test func oneTypesIntoAGuestAndLeavesNothing() async throws {
      let shown = try await type([
        (Self.prompt, "grep Cma /proc/meminfo\n"), (Self.prompt, "stty size; tty\n"),
        (Self.prompt, "tests largest\n"), (Self.prompt, "(echo asleep; exec sleep 1000)\n"),
        ("asleep\r", "\u{3}"), (Self.prompt, "exit\n"),
      ])
      #expect(shown.contains("cma: Reserved 64 MiB"))
      #expect(shown.contains("cmalab.ko is loaded: default_base=0x"))
      #expect(shown.contains("CmaTotal:          65536 kB"))
      #expect(shown.contains("33 111\n/dev/ttyAMA0"))
      #expect(shown.contains("verdict\tpass\t"))
      #expect(shown.contains("reboot: Power down"))
      #expect(shown.hasSuffix("[status 0] [restored True] []\n"))
    }

    @Test func controlAXEndsIt() async throws {
      let shown = try await type([(Self.prompt, "\u{1}x")])
      #expect(shown.contains("QEMU: Terminated"))
      #expect(shown.hasSuffix("[status 0] [restored True] []\n"))
    }

    /// A guest that dies before its shell has shown nobody anything.
    @Test func aPanicIsNoLeaving() async throws {
      let shown = try await type([], pool: "2000M", arguments: ["--board", "arm64-2g"])
      #expect(
        shown.contains(
          "cmalab: error: the guest panicked, 'System is deadlocked on memory': cmalab boot without "
            + "--shell tells why"), "\(shown)")
      #expect(shown.hasSuffix("[status 2] [restored True] []\n"))
    }

    @Test func whoIsToldToEndTakesTheGuestAlong() async throws {
      let shown = try await type([(Self.prompt, "TERM")])
      #expect(shown.contains("cmalab: interrupted"))
      #expect(shown.hasSuffix("[status 2] [restored True] []\n"))
    }

    @Test func anImageOfOnesOwnHasAShellWithoutTheModule() async throws {
      let image = try await TestKernel.image()
      let shown = try await type(
        [(Self.prompt, "ls /cmalab.ko\n"), (Self.prompt, "exit\n")],
        arguments: ["--kernel-image", image.string])
      #expect(shown.contains("/cmalab.ko: No such file"))
      #expect(!shown.contains("'tests NAME'"))
      #expect(shown.hasSuffix("[status 0] [restored True] []\n"))
    }

    /// What the terminal showed; nothing of the guest is left then.
    private func type(
      _ steps: [(expected: String, typed: String)], pool: String = "64M", arguments: [String] = []
    ) async throws -> String {
      try await ScratchFolder.with { scratch in
        let cache = try shadow(
          of: try ContentCache.ofUser(environment: TestEnvironment.variables), in: scratch)
        let shown = try await TypedCommand(
          ["boot", "--cma", pool, "--shell"] + arguments,
          environment: ["CMALAB_CACHE": cache.string], steps: steps
        ).shown()
        try await EmulatorProcesses(folder: scratch.path).expectNone()
        #expect(try HostFile.names(in: cache.appending("runs")).isEmpty)
        return shown
      }
    }

    /// A cache that has everything of the user's but the runs.
    private func shadow(of cache: ContentCache, in scratch: ScratchFolder) throws -> FilePath {
      let folder = scratch["cache"]
      try HostFile.createDirectory(folder.appending("runs"))
      // The shell's program is kept for the next test, as for the next user.
      try HostFile.createDirectory(cache.root.appending("shells"))
      for name in try HostFile.names(in: cache.root) where name != "runs" {
        try symbolicLink(from: folder.appending(name), to: cache.root.appending(name))
      }
      return folder
    }
  }
}
