// SPDX-License-Identifier: Apache-2.0

// The command line: one file a subcommand, the option groups that they share, the exit codes.

package import ArgumentParser
import GuestRequests

/// `cmalab` itself.
package struct CommandLineTool: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "cmalab",
    abstract: "Proves, on an emulated board, how much contiguous memory Linux sets aside.",
    discussion: """
      Exit codes: 0 every verdict is a pass, 1 a verdict is a failure, 2 inconclusive or trouble \
      with the harness, 64 usage.
      """,
    version: ProgramVersion.text,
    subcommands: [
      BootCommand.self, PredictCommand.self, MaxCommand.self, SuggestCommand.self, LintCommand.self,
      ExplainCommand.self, ImportCommand.self, UpgradeCommand.self, ObserveCommand.self,
      MatrixCommand.self, ReportCommand.self, CompareCommand.self, ConformCommand.self,
      DeviceTreeCommand.self, BoardsCommand.self, KernelsCommand.self, SchemaCommand.self,
      BuildCommand.self, DoctorCommand.self,
    ])

  package init() {}

  /// Runs the command line of this process and ends the process.
  package static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let parsed: any ParsableCommand
    do {
      parsed = try parseAsRoot(arguments)
    } catch {
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
    do { try OpenFileLimit.raise() } catch { finish(.failure(error)) }
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
    let result = await work.result
    signals.stop()
    finish(result)
  }

  /// Ends the process where the command line may have meant something else.
  private static func hint(at arguments: [String], complaint: String?) {
    guard let hint = CommandLineHint.ofThisProcess(asking: arguments, complaint: complaint)
    else { return }
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
