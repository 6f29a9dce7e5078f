// SPDX-License-Identifier: Apache-2.0
import Subprocess
import SystemPackage

extension ToolCommand {
  /// Runs the program with this process's own three streams, to its end.
  ///
  /// It stays in the session and the process group that has the terminal, so it may set the
  /// terminal up and read from it. It dies with this process.
  ///
  /// - Throws: `ToolError` where it cannot be started; `CancellationError` where the task is
  ///   cancelled, after the program is gone.
  package func runOnTerminal() async throws -> ToolStatus {
    let configuration = try configurationOnTerminal
    return try await withDeadline(nil) {
      let result = try await Subprocess.run(
        configuration,
        input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
        output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
        error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
      return ToolStatus(result.terminationStatus)
    }
  }

  /// Not in a session of its own, and so never taken down by its process group, which is ours.
  private var configurationOnTerminal: Subprocess.Configuration {
    get throws {
      var configuration = try configuration
      configuration.platformOptions.createSession = false
      configuration.platformOptions.teardownSequence = [
        .gracefulShutDown(toProcessGroup: false, allowedDurationToNextStep: .seconds(1))
      ]
      return configuration
    }
  }
}
