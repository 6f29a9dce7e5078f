// SPDX-License-Identifier: Apache-2.0

// The command line: one file a subcommand, the option groups that they share, the exit codes.

package import ArgumentParser
import GuestRequests
import HostFiles
import HostProcesses
import SystemPackage

/// `cmalab` itself.
package struct CommandLineTool: AsyncParsableCommand, DocumentedCommand {
  /// Its commands name it as what they belong to. For one that is parsed alone, the parser then does not
  /// look for `--generate-completion-script`, which takes a tenth of the time of a prediction.
  static let name = "cmalab"

  package static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Proves, on an emulated board, how much contiguous memory Linux sets aside.",
    discussion: manual.text,
    version: ProgramVersion.text, subcommands: commands)

  private static let commands: [any ParsableCommand.Type] = [
    BootCommand.self, PredictCommand.self, MaxCommand.self, SuggestCommand.self, LintCommand.self,
    ExplainCommand.self, ImportCommand.self, UpgradeCommand.self, ObserveCommand.self,
    MatrixCommand.self, ReportCommand.self, CompareCommand.self, ConformCommand.self,
    DeviceTreeCommand.self, BoardsCommand.self, KernelsCommand.self, SchemaCommand.self,
    BuildCommand.self, DoctorCommand.self,
  ]

  static let manual = CommandManual(
    examples: [
      .init(
        "prove 3000 MiB of CMA on an emulated board", "cmalab boot --board arm64-4g --cma 3000M"),
      .init("why a board of yours has no CMA", "cmalab explain dmesg.txt"),
      .init("how large it can be there", "cmalab max --dtb board.dtb"),
    ],
    statuses: [
      .success("every verdict is a pass, nothing is wrong, it is done"),
      .failure("a verdict is a failure, something is refused or wrong"),
      .trouble("inconclusive, or trouble with a file or this machine"),
    ])

  package init() {}

  /// Runs the command line of this process and ends the process.
  package static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let parsed: any ParsableCommand
    do {
      parsed = try parsedCommand(of: arguments)
    } catch {
      if exitCode(for: error) == .validationFailure, arguments.contains(BisectionStep.option) {
        StandardError.say(fullMessage(for: error))
        exit(withError: BisectionStep.stopped.exitCode)
      }
      if exitCode(for: error) == .validationFailure, let tool = CommandTree(of: Self.self),
        let misplaced = MisplacedOption(in: arguments, of: tool)
      {
        Diagnostics.error("\(misplaced)")
        exit(withError: ExitCode.validationFailure)
      }
      if Self.exitCode(for: error) == .validationFailure {
        hint(at: arguments, complaint: Self.message(for: error))
      }
      exit(withError: error)
    }
    // The parser takes help on what it does not know for help on everything.
    if arguments.first == "help" { hint(at: arguments, complaint: nil) }
    end(with: CommandLineHint(parsed: arguments) { HostFile.exists(FilePath($0)) }.text)
    if let misplaced = misplacedFile(in: arguments) {
      Diagnostics.error("\(misplaced)")
      if arguments.contains(BisectionStep.option) {
        exit(withError: BisectionStep.stopped.exitCode)
      }
      exit(withError: misplaced.option == nil ? ExitCode.trouble : .validationFailure)
    }
    for doubt in (parsed as? any GuestCommand)?.request.doubts ?? [] { Diagnostics.warning(doubt) }
    do { try OpenFileLimit.raise() } catch { finish(.failure(error)) }
    // As it was typed: 'matrix', and not the 'run' that it stands for.
    let name = Heartbeat.name(of: parsed, called: arguments)
    let work = Task {
      var command = parsed
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    }
    // Ctrl-C and TERM end what is running in good order: the task is cancelled, and whoever
    // waits for a process takes it down before it returns.
    let signals = InterruptSignals { work.cancel() }
    let heartbeat = Task { await Heartbeat.ofThisProcess.beat(as: name) }
    let result = await work.result
    heartbeat.cancel()
    await heartbeat.value
    signals.stop()
    finish(result)
  }

  /// Parses a command line by the command that it calls alone: to describe all the others to the parser
  /// takes longer than most commands run. Where that is an error, or a request for help, the parser is
  /// asked again about the whole tool, whose words these are.
  ///
  /// - Parameter arguments: without the program's name.
  static func parsedCommand(of arguments: [String]) throws -> any ParsableCommand {
    let called = commands.first { $0.configuration.commandName == arguments.first }
    if let called, let parsed = try? called.parseAsRoot(Array(arguments.dropFirst())),
      ([called] + called.configuration.subcommands).contains(where: { $0 == type(of: parsed) })
    {
      return parsed
    }
    return try parseAsRoot(arguments)
  }

  private static func misplacedFile(in arguments: [String]) -> MisplacedFile? {
    var kinds: [FilePath: FileKind] = [:]
    var isSettled = true
    for (index, argument) in arguments.enumerated() {
      let file = FilePath(
        argument.drop { $0 == "-" }.split(separator: "=").last.map(String.init) ?? "")
      guard let kind = FileKind(of: file) else { continue }
      kinds[file] = kind
      isSettled = isSettled && MisplacedFile.isInPlace(arguments, at: index, kind: kind)
    }
    guard !isSettled, let tool = CommandTree(of: Self.self) else { return nil }
    return MisplacedFile(in: arguments, of: tool) { kinds[$0] }
  }

  /// Ends the process where the command line may have meant something else.
  private static func hint(at arguments: [String], complaint: String?) {
    end(with: CommandLineHint.ofThisProcess(asking: arguments, complaint: complaint))
  }

  private static func end(with hint: String?) {
    guard let hint else { return }
    StandardError.say("cmalab: error: \(hint)")
    Self.exit(withError: ExitCode.validationFailure)
  }

  private static func finish(_ result: Result<Void, any Error>) -> Never {
    switch result {
    case .success:
      Self.exit()
    case .failure(let error as GuestRequestError):
      Diagnostics.error("\(error)")
      Self.exit(withError: ExitCode.validationFailure)
    case .failure(let error as ValidationError):
      // Of a name that was looked up and is not there; how to write it is not what went wrong.
      Diagnostics.error("\(error)")
      Self.exit(withError: ExitCode.validationFailure)
    case .failure(is CancellationError):
      Diagnostics.progress("interrupted")
      Self.exit(withError: ExitCode.trouble)
    case .failure(let error) where error is ExitCode || Self.exitCode(for: error) != .failure:
      // A verdict, or the parser's own business: the help that was asked for.
      Self.exit(withError: error)
    case .failure(let error):
      Diagnostics.error("\(error)")
      Self.exit(withError: ExitCode.trouble)
    }
  }
}

extension ExitCode {
  /// A verdict is a failure.
  static let verdictFailed = ExitCode(1)
  /// A run is inconclusive, or the harness itself is in trouble.
  static let trouble = ExitCode(2)
}
