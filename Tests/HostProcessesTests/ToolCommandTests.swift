// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostProcesses
import SystemPackage
import Testing

@Suite struct ToolCommandTests {
  @Test func aResultIsReturnedWhateverTheStatus() async throws {
    let result = try await ToolCommand(.named("sh"), ["-c", "echo out; echo err >&2; exit 3"])
      .collect()
    #expect(result.status == .exited(3))
    #expect(result.standardOutput == Array("out\n".utf8))
    #expect(result.standardError == Array("err\n".utf8))
  }

  @Test func failureQuotesWhatTheProgramSaid() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await ToolCommand(.named("sh"), ["-c", "echo no such luck >&2; exit 1"]).output()
    }
    #expect(error?.description == "'sh' ended with status 1:\nno such luck")
  }

  @Test func aMissingProgramIsNamed() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await ToolCommand(.named("cmalab-no-such-program")).output()
    }
    #expect(error?.reason == .notFound)
    #expect(error?.program == "cmalab-no-such-program")
  }

  /// Of more than a pipe holds.
  @Test func aProgramThatStopsReadingSaysItselfWhy() async throws {
    let input = [UInt8](repeating: 7, count: 4 << 20)
    let refusal = try await ToolCommand(
      .named("sh"), ["-c", "exec <&-; echo no >&2; sleep 0.1; exit 3"]
    ).collect(input: input)
    #expect(refusal.status == .exited(3))
    #expect(refusal.standardError == Array("no\n".utf8))
    let output = try await ToolCommand(.named("head"), ["-c", "2"]).output(input: input)
    #expect(output == [7, 7])
  }

  @Test func aFloodOfOutputIsAnErrorThatNamesItsLimit() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await ToolCommand(.named("head"), ["-c", "100000", "/dev/zero"]).collect(limit: 4096)
    }
    #expect(error?.reason == .tooMuchOutput(limit: 4096))
  }

  /// A tool that fails on every file of many says so of each; the first says why.
  @Test func aFloodOfMessagesDoesNotHideTheFirst() async throws {
    let result = try await ToolCommand(
      .named("sh"), ["-c", "echo no space left >&2; head -c 10000000 /dev/zero >&2; exit 2"]
    ).collect(limit: 4096)
    #expect(result.status == .exited(2))
    #expect(result.standardError.starts(with: "no space left\n".utf8))
  }

  @Test func memoryAboveTheLimitIsRefused() async throws {
    let program = ["-c", "x = 'a' * (1 << 28)"]
    let bounded = ToolCommand(.named("python3"), program, memoryLimit: 200 << 20)
    #expect(try await bounded.collect().status == .exited(1))
    #expect(try await ToolCommand(.named("python3"), program).collect().status == .exited(0))
  }

  @Test func aPathWithNothingToRunIsNamed() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await ToolCommand(.path("/no/such/program")).output()
    }
    #expect(error?.program == "/no/such/program")
  }

  @Test func aDeadlineIsNotACancellation() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await ToolCommand(.named("sleep"), ["60"]).collect(deadline: .milliseconds(50))
    }
    #expect(error?.reason == .timedOut(.milliseconds(50)))
  }

  @Test func cancellationThrowsAndLeavesNothing() async throws {
    let marker = "61.\(UInt32.random(in: 0 ... .max))"
    let task = Task { try await ToolCommand(.named("sleep"), [marker]).collect() }
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // The pattern is no word of the shell's own command line, where it stands in brackets.
    let look = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c '[s]leep \(marker) '"
    let survivors = try await ToolCommand(.named("sh"), ["-c", look]).collect()
    #expect(survivors.standardOutput == Array("0\n".utf8))
  }

  /// The program itself ends at once when it is asked to.
  @Test(arguments: ["sleep 0.2; exit", ""])
  func whatAProgramHasStartedIsGoneWithIt(onTerm: String) async throws {
    let helper = "trap '\(onTerm)' TERM; while :; do sleep 0.01; done"
    let result = try await ToolCommand(
      .named("sh"), ["-c", "(\(helper)) & echo $! >&2; wait"]
    ).supervised(standardErrorLimit: 80) { _ in
      try? await Task.sleep(for: .milliseconds(100))
      return "enough"
    }
    #expect(result.status == .signaled(15))
    let line = String(decoding: result.standardError, as: UTF8.self).split(separator: "\n").first
    let started = try #require(line.flatMap { Int32($0) })
    #expect(kill(started, 0) == -1 && errno == ESRCH)
  }

  @Test func aWatcherStopsAProgramThatIgnoresTerm() async throws {
    let started = ContinuousClock.now
    let result = try await ToolCommand(
      .named("sh"), ["-c", "trap '' TERM; echo deaf >&2; while :; do sleep 0.1; done"]
    ).supervised(standardErrorLimit: 1024) { _ in
      try? await Task.sleep(for: .milliseconds(100))
      return "enough"
    }
    #expect(result.stoppedBecause == "enough")
    #expect(result.status == .signaled(9))
    #expect(result.standardError == Array("deaf\n".utf8))
    // It would never end by itself; on a busy machine this test waits for its turn.
    #expect(ContinuousClock.now - started < .seconds(600))
  }

  @Test func aProgramThatEndsByItselfWasNotStopped() async throws {
    let result: SupervisionResult<String> = try await ToolCommand(.named("sh"), ["-c", "exit 7"])
      .supervised(standardErrorLimit: 0) { _ in
        try? await Task.sleep(for: .seconds(60))
        return nil
      }
    #expect(result.status == .exited(7))
    #expect(result.stoppedBecause == nil)
  }

  @Test func quotingSurvivesAShell() async throws {
    let words = ["plain", "", "two words", "it's", "$HOME `id`", "a\nb", "*"]
    let printed = ToolCommand(.named("printf"), ["%s|"] + words).description
    let read = try await ToolCommand(.named("sh"), ["-c", printed]).output()
    #expect(String(decoding: read, as: UTF8.self) == words.map { $0 + "|" }.joined())
  }

  @Test func aWrappedProgramIsTheProcessThatIsWaitedFor() async throws {
    let command = ToolCommand(.named("sh"), ["-c", "kill -TERM $$"])
    let result = try await command.collect()
    #expect(result.status == .signaled(15))
  }
}
