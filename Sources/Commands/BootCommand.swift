// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import GuestRequests
import HostFiles
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab boot`
struct BootCommand: AsyncParsableCommand, DocumentedCommand, GuestCommand {
  static let configuration = CommandConfiguration(
    commandName: "boot", _superCommandName: CommandLineTool.name,
    abstract: "Boot a board and prove or refute its pool.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    The guest's RAM lies at exactly the board's physical addresses. The verdict comes from what \
    the guest itself prints; everything it printed is kept in the run's folder.
    """,
    examples: [
      .init(
        "prove 3000 MiB on a board of the catalogue", "cmalab boot --board arm64-4g --cma 3000M"),
      .init("boot your board's own device tree", "cmalab boot --dtb board.dtb"),
      .init(
        "take the whole pool, write it, read it back",
        "cmalab boot --board rpi4 --cma 512M --test allocate"),
    ],
    statuses: [
      .success("pass: the guest proved it"),
      .failure("fail: the guest refuted it, or its kernel panicked"),
      .trouble("inconclusive, or trouble with this machine"),
    ])

  @OptionGroup var guest: GuestOptions

  @Option(help: "The .config of the image, or the package that has it, by which to predict.")
  var kernelConfig: FilePath?

  @Flag(help: "Build the kernel with debug information, for gdb: the source's lines and types.")
  var debugInfo = false

  @OptionGroup var machine: MachineOptions

  @OptionGroup var tests: TestOptions

  @Option(help: "Seconds that each stage of the run, and each test, may take (default: 60).")
  var timeout: Double?

  @Option(help: "The folder that keeps the run (default: one in the cache).")
  var out: FilePath?

  @Option(help: FormatArgument<RunRecord>.help)
  var format = FormatArgument<RunRecord>.usual

  @Flag(
    help: """
      Give me a shell in the guest, on this terminal, with the test module loaded; it has no \
      verdict, and nothing is kept.
      """)
  var shell = false

  @Flag(
    help: """
      Stop the guest at the kernel's first instruction, and print how gdb gets there; nothing \
      has a deadline then.
      """)
  var gdb = false

  @Flag(
    help: """
      Exit as 'git bisect run' reads it: 0 pass, 1 fail, 125 where this kernel cannot be judged, 128 or \
      more where none could.
      """)
  var bisect = false

  var request: GuestRequest {
    var request = GuestRequest(guest, machine, tests)
    request.kernel.configuration = kernelConfig
    request.kernel.hasDebugInfo = debugInfo
    request.timeout = timeout ?? GuestRequest.usualTimeout
    return request
  }

  func validate() throws {
    guard kernelConfig == nil || guest.kernel.kernelImage != nil else {
      throw ValidationError(
        "--kernel-config tells how a kernel is configured: give the kernel with --kernel-image")
    }
    try request.checkUsage()
    guard !gdb || timeout == nil else {
      throw ValidationError("--timeout does not apply with --gdb, where nothing has a deadline")
    }
    guard !bisect || !(shell || gdb) else {
      throw ValidationError("--bisect is for verdicts: omit --shell and --gdb")
    }
    guard shell else { return }
    let others = [
      (gdb, "--gdb"), (out != nil, "--out"), (!format.isUsual, "--format"),
      (!tests.test.isEmpty, "--test"), (timeout != nil, "--timeout"),
    ]
    for (isGiven, name) in others where isGiven {
      throw ValidationError("--shell has no verdict and keeps nothing: omit \(name)")
    }
    guard StandardInput.isTerminal else {
      throw ValidationError("--shell needs a terminal as its standard input")
    }
  }

  func run() async throws {
    guard bisect else {
      let verdict = try await boot()
      if let code = verdict?.exitCode { throw code }
      return
    }
    let outcome: BisectionStep
    do {
      outcome = BisectionStep(try await boot() ?? .inconclusive)
    } catch {
      Diagnostics.error("\(error)")
      outcome = BisectionStep(error)
    }
    throw outcome.exitCode
  }

  /// - Returns: nil for a shell, which has no verdict.
  private func boot() async throws -> Verdict? {
    let started = ContinuousClock.now
    let session = try Session.ofThisProcess()
    let selection = try await session.selection(
      request,
      for: shell ? .shell(environment: StandardInput.terminalEnvironment) : .verdict)
    try checkDebugging(selection)
    // Checked before a kernel is built, which takes minutes.
    let directory =
      if let out {
        try RunFolder(forNewRunAt: out.absolute)
      } else {
        try session.newRun(of: selection)
      }
    let prepared = try await session.preparation.prepare(selection)
    warnOfInventedRAM(selection)
    warnOfTestLeftOut(selection)
    if !prepared.warnings.isEmpty { StandardError.say(prepared.warnings) }
    if !prepared.kernelWrappings.isEmpty {
      Diagnostics.note("the kernel is out of: \(prepared.kernelWrappings.joined(separator: ", "))")
    }
    if shell {
      // A guest that has the terminal shows by itself that it lives.
      try await Heartbeat.ofThisProcess.paused {
        try await ShellSession(prepared, in: directory).run()
      }
      return nil
    }
    let run = BoardRun(prepared, in: directory, onDebugger: gdb ? Self.invite : nil)
    let record = try await run.record(since: started)
    try StandardOutput.write(format.document(of: record))
    StandardError.say("the run is kept in \(directory.path)")
    return record.verdict
  }

  private func checkDebugging(_ selection: RunSelection) throws {
    guard gdb, selection.board.architecture != .arm64 else { return }
    throw ValidationError(
      "--gdb is for arm64: QEMU shows gdb a 64-bit CPU, also where the guest is 32-bit")
  }

  private static let invite: @Sendable (DebugSession) -> Void = { session in
    Diagnostics.progress("the guest waits for gdb; in another terminal:")
    StandardError.say("  \(session.command)")
    if session.symbols == nil {
      Diagnostics.note("its vmlinux is not here: gdb has no names without it")
    }
  }

  private func warnOfInventedRAM(_ selection: RunSelection) {
    for range in selection.layout.inventedRAM {
      Diagnostics.warning(
        "layout '\(selection.layout.name)' has RAM at \(range), where "
          + "the board \(selection.board.name) has none: the guest boots, and the board would not")
    }
  }

  private func warnOfTestLeftOut(_ selection: RunSelection) {
    guard tests.test.contains(.all) else { return }
    for test in GuestTest.each where !selection.tests.contains(test) {
      Diagnostics.note(
        "'--test all' omits '\(test.rawValue)': no device has a region without --region")
    }
  }
}

extension Verdict {
  /// Nil for a pass.
  var exitCode: ExitCode? {
    switch self {
    case .pass: nil
    case .fail: .verdictFailed
    case .inconclusive: .trouble
    }
  }
}
