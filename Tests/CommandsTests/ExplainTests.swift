// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import Foundation
import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

/// Logs of boards, explained by the command as a user types it.
@Suite struct ExplainTests {
  private static let healthy = "zcu102-515-ramdisk-moves-pool"
  private static let refused = "imx6ull-41-node-too-large"
  private static let severalBoots = "zcu106-414-two-boots-2048-and-1900"

  private func path(_ name: String, _ file: String = "console.log") throws -> String {
    try #require(BoardLogCase.all.first { $0.name == name }).url(file).path
  }

  private func explain(_ arguments: [String]) async throws -> CMALabResult {
    try await CMALabProcess(["explain"] + arguments).result()
  }

  @Test func theExitCodeSaysWhetherSomethingIsWrong() async throws {
    #expect(try await explain([path(Self.healthy)]).status == .exited(0))
    #expect(try await explain([path(Self.refused)]).status == .exited(1))
    // The last boot counts, whatever the ones before it came to.
    #expect(try await explain([path(Self.severalBoots)]).status == .exited(0))
    #expect(try await explain([path(Self.healthy), path(Self.refused)]).status == .exited(1))
    #expect(try await explain([]).status == .exited(64))
  }

  @Test func theAnswerComesFirst() async throws {
    let result = try await explain([path(Self.refused), "--dtb", path(Self.refused, "board.dts")])
    let words = result.output.split(separator: "\n\n")[0].replacing("\n", with: " ")
    #expect(
      words == """
        CmaTotal 96 MiB: the node 'linux,cma' asked for 320 MiB and was refused; cma=96M got \
        96 MiB at 0x8a000000. The tree's pool 'linux,cma' of 320 MiB cannot fit in 256 MiB of \
        RAM. 96 MiB at 0x8a000000 asked for with cma= took its place.
        """)
  }

  @Test func theLastBootIsExplainedAndTheOthersAreNamed() async throws {
    let result = try await explain([path(Self.severalBoots)])
    #expect(result.output.hasPrefix("CmaTotal 1900 MiB: "))
    #expect(result.output.contains("the last of 2 boots"))
    #expect(result.output.contains("lines 6-18: CmaTotal 0: "))
  }

  @Test func standardInputIsALogToo() async throws {
    let log = try path(Self.healthy)
    let program = try CMALabProcess.executable
    let result = try await ToolCommand(
      .named("sh"), ["-c", #"exec "$0" explain --format json - < "$1""#, program.string, log]
    ).collect(limit: 1 << 20, deadline: .seconds(30))
    let explanation = try JSONDecoder().decode(
      Explanation.self, from: Data(result.standardOutput))
    #expect(explanation.log == "standard input")
    #expect(explanation.explained?.cmaTotalBytes?.bytes == 256 << 20)
  }

  @Test func markdownIsForATicket() async throws {
    let result = try await explain([path(Self.refused), "--format", "markdown"])
    #expect(result.output.hasPrefix("**CmaTotal 96 MiB: "))
    #expect(result.output.contains("| linux,cma | refused | - |"))
  }

  @Test func whatIsNoLogIsSaidInALine() async throws {
    try await ScratchFolder.with { scratch in
      let letter = try scratch.write("Dear all,\nthe board does not boot.\n", to: "letter.txt")
      let noise = try scratch.write(
        String(repeating: "\u{0}\u{1}\u{2}\u{7f}ELF\n", count: 999), to: "noise")
      let empty = try scratch.write("", to: "empty.txt")
      let others = [
        (letter, "none of its 2 lines is a kernel's"), (empty, "it is empty"),
        (scratch["absent.txt"], "No such file"), (scratch.path, "Is a directory"),
        (noise, "none of its 999 lines is a kernel's"),
      ]
      for (file, reason) in others {
        let result = try await explain([file.string])
        #expect(result.status == .exited(2), "\(file)")
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("cmalab: error: \(file): "))
        #expect(result.errors.contains(reason), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
      }
      // One that cannot be read does not hide what the others say.
      let both = try await explain([letter.string, path(Self.healthy)])
      #expect(both.status == .exited(2) && both.output.hasPrefix("CmaTotal 256 MiB: "))
    }
  }

  @Test func aLogDoesNotSteerTheTerminal() async throws {
    try await ScratchFolder.with { scratch in
      let log = try scratch.write(
        """
        [    0.000000] Linux version 6.6.58 (builder@host) (gcc) #1 SMP
        [    0.000000] Machine model: A \u{1b}]0;board\u{7}\u{202e}
        [    0.000000] cma: Failed to reserve 64 MiB
        [    0.000000] Kernel command line: console=ttyS0\u{1b}[2J cma=64M
        [    0.000000] Memory: 900000K/1048576K available (1K kernel code, 0K cma-reserved)

        """, to: "dmesg.txt")
      for format in ["text", "markdown"] {
        let result = try await explain([log.string, "--format", format])
        #expect(result.status == .exited(1))
        let steering = result.output.unicodeScalars.filter {
          $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e
        }
        #expect(steering.isEmpty)
      }
    }
  }

  @Test func observeKeepsToRunsOfOurOwn() async throws {
    let log = try path(Self.healthy)
    let board = try await CMALabProcess(["observe", log]).result()
    #expect(board.status == .exited(2) && board.output.isEmpty)
    #expect(
      board.errors == "cmalab: error: \(log): this is a log of a board, and no run of cmalab's: "
        + "cmalab explain \(log)\n")
    try await ScratchFolder.with { scratch in
      let letter = try scratch.write("Dear all,\n", to: "letter.txt")
      let other = try await CMALabProcess(["observe", letter.string]).result()
      #expect(other.status == .exited(2))
      #expect(other.errors.hasPrefix("cmalab: error: \(letter): it is neither a run's folder"))
    }
  }
}

extension Guests {
  /// Guests with the layouts of real boards, whose kernels say the same.
  @Suite struct ReproductionTests {
    /// Cases whose rules are nearest to those of the default line.
    @Test(arguments: ["imx93-66-region-outside-ram", "rk3528-61141-backported-forms"])
    func theGuestSaysWhatTheBoardSaid(name: String) async throws {
      let board = try #require(BoardLogCase.all.first { $0.name == name })
      let tree = board.hasTree ? ["--dtb", board.url("board.dts").path] : []
      let result = try await CMALabProcess(
        ["explain", "--reproduce", "--format", "json", board.url("console.log").path] + tree
      ).result()
      let explanation = try JSONDecoder().decode(
        Explanation.self, from: Data(result.output.utf8))
      let reproduced = try #require(explanation.explained?.reproduced, "\(result.errors)")
      #expect(!reproduced.pools.isEmpty)
      #expect(reproduced.kernel.booted.hasPrefix("6.1."))
      #expect(reproduced.statements.allSatisfy { $0.what != "RAM" || $0.agrees })
      for pool in reproduced.pools {
        #expect(pool.agrees, "\(pool)")
        #expect(!pool.logLines.isEmpty && !pool.guestLines.isEmpty)
      }
    }

    /// Where neither log nor tree tells where RAM lies, that is said.
    @Test func withoutRAMThereIsNoGuest() async throws {
      let result = try await CMALabProcess(
        ["explain", "--reproduce", "-"]
      ).result(input: Array("[    0.000000] Linux version 6.1.0\n".utf8))
      #expect(result.status == .exited(2))
      // What the log says is explained all the same.
      #expect(result.output.hasPrefix("The log has no word of a pool"))
      #expect(
        result.errors.contains("it cannot be reproduced: neither log nor tree tells where RAM is")
      )
    }
  }
}
