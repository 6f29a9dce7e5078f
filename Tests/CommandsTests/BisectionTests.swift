// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import SystemPackage
import Testing

/// What `git bisect run` is told where no guest starts.
@Suite struct BisectionWithoutGuestsTests {
  @Test func aMistypedCommandStopsIt() async throws {
    for arguments in [
      ["--bisect", "--cma", "64X"], ["--bisect", "--board", "arm64-4h"], ["--bisect", "--gdb"],
      ["--bisect", "--kernel-source", "/nowhere"], ["--bisect", "--kernel-image", "/nowhere"],
    ] {
      let result = try await CMALabProcess(["boot"] + arguments).result()
      #expect(result.status == .exited(128), "\(arguments): \(result.errors)")
      #expect(!result.errors.isEmpty)
    }
  }

  @Test func aFileThatIsNoKernelIsSkipped() async throws {
    try await ScratchFolder.with { scratch in
      let file = try scratch.write(String(repeating: "no kernel\n", count: 100), to: "Image")
      let result = try await CMALabProcess([
        "boot", "--bisect", "--kernel-image", file.string,
      ]).result()
      #expect(result.status == .exited(125))
      #expect(result.complaints.count == 1)
    }
  }

  @Test func aKernelThatDoesNotBuildIsSkipped() async throws {
    try await ScratchFolder.with { scratch in
      _ = try scratch.write("allnoconfig:\n\t@echo 'error: boom'; exit 1\n", to: "linux/Makefile")
      for name in ["Kconfig", "arch/arm64/Kconfig"] {
        _ = try scratch.write("", to: "linux/\(name)")
      }
      var boot = CMALabProcess(["boot", "--bisect", "--kernel-source", scratch["linux"].string])
      boot.environment = ["CMALAB_CACHE": scratch["cache"].string]
      let result = try await boot.result()
      #expect(result.status == .exited(125))
      #expect(result.errors.contains("the kernel did not build"))
    }
  }
}

extension Guests {
  /// `git bisect run cmalab boot --bisect`.
  @Suite struct BisectionTests {
    @Test func aSilentKernelIsSkipped() async throws {
      try await ScratchFolder.with { scratch in
        try MadeUpImage.silent.write(to: scratch["Image"])
        let result = try await CMALabProcess([
          "boot", "--bisect", "--timeout", "2", "--kernel-image", scratch["Image"].string, "--out",
          scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(125))
      }
    }

    /// Five commits of a board's device tree, of which the fourth takes the place of its pool.
    @Test func theCommitThatTakesThePoolsPlaceIsFound() async throws {
      try await ScratchFolder.with { scratch in
        func git(_ arguments: String...) async throws -> String {
          let output = try await ToolCommand(
            .named("git"),
            ["-C", scratch.path.string, "-c", "user.name=A", "-c", "user.email=a@example.org"]
              + arguments
          ).output(deadline: CMALabProcess.deadline)
          return String(decoding: output, as: UTF8.self)
        }
        _ = try await git("init", "--quiet")
        for number in 1...5 {
          let size = number < 4 ? number : 0x7000 + number
          let megabytes = String(size << 16, radix: 16)
          _ = try scratch.write(
            """
            / {
              reserved-memory {
                #address-cells = <2>; #size-cells = <2>; ranges;
                firmware@4000000 { reg = <0x0 0x4000000 0x0 0x\(megabytes)>; no-map; };
              };
            };

            """, to: "board.dts")
          _ = try await git("add", "board.dts")
          _ = try await git("commit", "--quiet", "--message", "number \(number)")
        }
        _ = try await git("bisect", "start", "HEAD", "HEAD~4")
        let boot = try CMALabProcess([
          "boot", "--bisect", "--layout", "stock", "--cma", "256M", "--dts-append", "board.dts",
        ]).command
        let found = try await ToolCommand(
          .named("git"),
          ["-C", scratch.path.string, "bisect", "run", boot.programName] + boot.arguments,
          environment: boot.environment
        ).output(deadline: CMALabProcess.deadline)
        #expect(String(decoding: found, as: UTF8.self).contains("is the first bad commit"))
        let bad = try await git("log", "-1", "--format=%s", "refs/bisect/bad")
        #expect(bad == "number 4\n")
      }
    }
  }
}
