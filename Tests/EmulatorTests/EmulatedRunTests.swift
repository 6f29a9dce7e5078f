// SPDX-License-Identifier: Apache-2.0
import Emulator
import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// Runs under a stand-in for QEMU: a shell script that prints a console in steps.
@Suite struct EmulatedRunTests {
  /// Far longer than any step takes on a busy machine.
  private static let ample = Duration.seconds(300)
  private static let short = Duration.milliseconds(200)
  private static let userspace = "@cmalab 1 begin 0 "
  private static let farewell = "uptime "

  /// The four stages of a run, each with ample time but the one named, and with no other silence
  /// than that of one named.
  private func stages(
    overdue: String? = nil, silent: String? = nil, silence: Duration = short
  ) -> [RunStage] {
    let ends: [(String, RunStage.End)] = [
      ("first output", .firstByte), ("userspace", .words(Array(Self.userspace.utf8))),
      ("last record", .words(Array(Self.farewell.utf8))), ("power-off", .exit),
    ]
    return ends.map { name, end in
      RunStage(
        name: name, end: end, deadline: name == overdue ? Self.short : Self.ample,
        longestSilence: name == silent ? silence : nil)
    }
  }

  /// Runs `script`, which finds a long time in `$forever`, and sees that nothing of it is left: that is a
  /// word that no other process has.
  private func run(
    _ script: String, overdue: String? = nil, silent: String? = nil, silence: Duration = short,
    consoleLimit: Int = 1 << 20,
    after delay: Duration? = nil
  ) async throws -> EmulatorOutcome {
    let number = UInt64.random(in: 0 ... .max)
    let folder = FilePath("/tmp/cmalab-emulator-test-\(number)")
    try HostFile.createDirectory(folder)
    defer { _ = try? HostFile.remove(folder) }
    let log = folder.appending("console.log")
    let command = ToolCommand(
      .named("sh"), ["-c", "forever=600.\(number)\n\(script)"])
    let stages = stages(overdue: overdue, silent: silent, silence: silence)
    let task = Task {
      try await command.emulate(consoleLog: log, stages: stages, consoleLimit: consoleLimit)
    }
    if let delay {
      try await Task.sleep(for: delay)
      task.cancel()
    }
    let outcome = try await task.value
    #expect(try survivors(naming: "\(number)").isEmpty)
    return outcome
  }

  /// The command lines, of whatever process, that have the word in them.
  private func survivors(naming word: String) throws -> [String] {
    try HostFile.names(in: "/proc").filter { Int($0) != nil }.compactMap { process in
      // A process that is gone meanwhile is none.
      let line = try? HostFile.read(FilePath("/proc/\(process)/cmdline"), limit: 1 << 20)
      let text = String(decoding: line ?? [], as: UTF8.self)
      return text.contains(word) ? text : nil
    }
  }

  @Test func aRunThatGoesThroughAllItsStages() async throws {
    let outcome = try await run(
      """
      printf 'booting\\n'; sleep 0.05
      printf '@cmalab 1 begin 0 setup\\n'; sleep 0.05
      printf 'uptime 0.5\\n'
      """)
    #expect(outcome.halt == .exited(status: 0))
    #expect(outcome.complaints == "")
    #expect(outcome.seconds >= 0.1)
  }

  @Test func aRunThatIsQuickerThanTheFirstLook() async throws {
    #expect(try await run("echo all at once").halt == .exited(status: 0))
    #expect(try await run("exit 3").halt == .exited(status: 3))
  }

  @Test func aRunThatIsKilledFromOutside() async throws {
    #expect(try await run("echo boot; kill -KILL $$").halt == .killed(signal: 9))
    #expect(try await run("kill -TERM $$").halt == .killed(signal: 15))
  }

  @Test(
    arguments: [
      ("first output", ""),
      ("userspace", "echo boot"),
      ("userspace", "echo '@cmalab 1 begin 1 '"),
      ("userspace", "echo 'uptime '"),
      ("last record", "echo '\(userspace)'"),
      // What comes before a stage does not end it.
      ("last record", "echo 'uptime 1 \(userspace)'"),
      ("power-off", "echo '\(userspace) uptime 1'"),
    ])
  func eachStageHasItsDeadline(stage: String, script: String) async throws {
    let outcome = try await run("\(script)\nexec sleep $forever", overdue: stage)
    #expect(outcome.halt == .overdue(stage: stage, seconds: 0.2))
    #expect(outcome.seconds >= 0.2)
  }

  /// The words come in pieces, and each look at the log sees one of them.
  @Test func wordsAreFoundWhereverTheyAreCut() async throws {
    let letters = Self.userspace.map { "printf '\($0)'; sleep 0.03" }
    let outcome = try await run(
      "\(letters.joined(separator: "\n"))\nexec sleep $forever", overdue: "last record")
    #expect(outcome.halt == .overdue(stage: "last record", seconds: 0.2))
  }

  /// A deadline runs from the end of the stage before: were it from the start, the last record
  /// would be overdue as soon as userspace has spoken.
  @Test func everyStageHasItsTimeAnew() async throws {
    let outcome = try await run(
      "sleep 0.5; echo '\(Self.userspace)'; exec sleep $forever",
      overdue: "last record")
    #expect(outcome.halt == .overdue(stage: "last record", seconds: 0.2))
    #expect(outcome.seconds >= 0.7)
  }

  @Test(
    arguments: [
      ("first output", ""), ("userspace", "echo boot"),
      // The silence of another stage is none of this one.
      ("userspace", "sleep 0.4; echo boot"),
    ])
  func aStageMayEndWithItsGuestFallingSilent(stage: String, script: String) async throws {
    let outcome = try await run("\(script)\nexec sleep $forever", silent: stage)
    #expect(outcome.halt == .overdue(stage: stage, seconds: 0.2))
    #expect(outcome.seconds >= 0.2)
  }

  /// Each word is soon enough after the last one, and all of them take longer than one may.
  @Test func aGuestThatGoesOnTalkingIsNotSilent() async throws {
    let outcome = try await run(
      "for i in $(seq 50); do echo boot; sleep 0.05; done; exit 0",
      silent: "userspace", silence: .seconds(2))
    #expect(outcome.halt == .exited(status: 0))
    #expect(outcome.seconds >= 2.5)
  }

  @Test func aGuestThatRavesIsStopped() async throws {
    let outcome = try await run(
      "while :; do echo 'the same line again and again'; done", consoleLimit: 100_000)
    #expect(outcome.halt == .flooded(limit: 100_000))
  }

  /// Faster than it can be looked through.
  @Test(arguments: [1 << 30, 1 << 20])
  func aFloodHoldsUpNoDeadline(limit: Int) async throws {
    let outcome = try await run(
      "head -c 300000000 /dev/zero; exec sleep $forever", overdue: "userspace",
      consoleLimit: limit)
    let isFlooded = outcome.halt == .flooded(limit: limit)
    #expect(isFlooded || outcome.halt == .overdue(stage: "userspace", seconds: 0.2))
    #expect(isFlooded == (limit == 1 << 20))
    #expect(outcome.seconds < 30)
  }

  @Test func aProgramThatIgnoresTheRequestToEndIsKilled() async throws {
    let outcome = try await run(
      "trap '' TERM; while :; do sleep 0.1; done", overdue: "first output")
    #expect(outcome.halt == .overdue(stage: "first output", seconds: 0.2))
  }

  @Test func aRunThatIsCancelledIsInterrupted() async throws {
    let outcome = try await run(
      "echo '\(Self.userspace)'; exec sleep $forever", after: .milliseconds(300))
    #expect(outcome.halt == .interrupted)
  }

  @Test func aRunThatIsCancelledWithItsChildrenLeavesNone() async throws {
    let outcome = try await run(
      "trap '' TERM; sh -c \"trap '' TERM; while :; do sleep 0.1; done # $forever\" & wait; wait",
      after: .milliseconds(300))
    #expect(outcome.halt == .interrupted)
  }

  @Test func complaintsAreKeptApart() async throws {
    let outcome = try await run("echo guest; echo 'qemu: no such file' >&2; exit 1")
    #expect(outcome.halt == .exited(status: 1))
    #expect(outcome.complaints == "qemu: no such file\n")
  }

  @Test func complaintsAreBounded() async throws {
    let outcome = try await run("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1")
    #expect(outcome.halt == .exited(status: 1))
    #expect(outcome.complaints == String(repeating: "x", count: 64 << 10))
  }

  @Test func aMissingQEMUIsNamed() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await ToolCommand(.named("cmalab-no-such-qemu"))
        .emulate(consoleLog: "/dev/null", stages: [])
    }
    #expect(error?.program == "cmalab-no-such-qemu")
    #expect(error?.reason == .notFound)
  }

  /// More than the pipe holds, and the most of it when nobody looks any more.
  @Test(arguments: [0, 1, 65_536, 1_000_000])
  func theLogHasAllThatWasPrinted(count: Int) async throws {
    let folder = FilePath("/tmp/cmalab-emulated-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    let log = folder.appending("console.log")
    try HostFile.write(Array("of another run".utf8), to: log)
    let outcome = try await ToolCommand(.named("sh"), ["-c", "head -c \(count) /dev/zero"])
      .emulate(consoleLog: log, stages: stages())
    #expect(outcome.halt == .exited(status: 0))
    #expect(try HostFile.read(log, limit: 2 << 20) == [UInt8](repeating: 0, count: count))
  }

  @Test func aLogThatCannotBeWrittenEndsTheRun() async throws {
    let number = UInt64.random(in: 0 ... .max)
    let error = await #expect(throws: HostFileError.self) {
      try await ToolCommand(.named("sh"), ["-c", "echo boot; exec sleep 600.\(number)"])
        .emulate(consoleLog: "/dev/full", stages: stages())
    }
    #expect("\(try #require(error))".hasPrefix("cannot write /dev/full: No space left on device"))
    #expect(try survivors(naming: "\(number)").isEmpty)
  }

  @Test func aGuestThatDiedIsNotWaitedForLong() async throws {
    let folder = FilePath("/tmp/cmalab-emulated-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    let log = folder.appending("console.log")
    let death = GuestDeath(words: ["it is dead"], stage: "restart", grace: .milliseconds(300)) {
      $0 == Array("it is dead".utf8)
    }
    let outcome = try await ToolCommand(
      .named("sh"),
      [
        "-c",
        // What only repeats the words is none.
        "echo 'say it is dead'; sleep 0.5; printf 'it is de'; sleep 0.1; "
          + "echo 'ad'; sleep 0.1; echo last words; exec sleep 60",
      ]
    ).emulate(
      consoleLog: log,
      stages: [RunStage(name: "first output", end: .firstByte, deadline: .seconds(30))],
      death: death)
    #expect(outcome.halt == .overdue(stage: "restart", seconds: 0.3))
    let said = try HostFile.read(log, limit: 100)
    #expect(said == Array("say it is dead\nit is dead\nlast words\n".utf8))
  }
}
