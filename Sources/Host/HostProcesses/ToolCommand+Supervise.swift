// SPDX-License-Identifier: Apache-2.0
import Subprocess
package import SystemPackage

/// A program while it runs, to the one who watches over it.
package struct SupervisedProcess: Sendable {
  /// Its process identifier, which is also that of its session and process group.
  package let identifier: Int32
}

/// How a supervised program ended, and who ended it.
package struct SupervisionResult<Reason: Sendable>: Sendable {
  package let status: ToolStatus
  /// What the watcher returned; nil where the program ended before the watcher did.
  package let stoppedBecause: Reason?
  /// What the program wrote to standard error, the first `limit` bytes of it.
  package let standardError: [UInt8]
}

extension ToolCommand {
  /// Runs a program under the eye of a watcher.
  ///
  /// The program ends by itself, or it is taken down, first with TERM and after half a second with
  /// KILL, its whole process group with it, as soon as `watch` returns a reason. On return nothing
  /// of it is left, and also where this throws.
  ///
  /// - Parameters:
  ///   - output: its standard output; nil for one that is dropped.
  ///   - limit: the bytes of standard error that are kept; more are read and dropped.
  ///   - watch: runs beside the program and is cancelled when the program ends; it returns nil to
  ///     let the program go on, or the reason to stop it.
  /// - Throws: `ToolError` where the program cannot be started; `CancellationError` where the task
  ///   is cancelled, after the program is gone.
  package func supervised<Reason: Sendable>(
    writingTo output: FileDescriptor? = nil, standardErrorLimit limit: Int,
    watch: @escaping @Sendable (SupervisedProcess) async -> Reason?
  ) async throws -> SupervisionResult<Reason> {
    guard let output else { return try await supervised(.discarded, limit, watch) }
    return try await supervised(
      .fileDescriptor(output, closeAfterSpawningProcess: false), limit, watch)
  }

  private func supervised<Reason: Sendable, Output: OutputProtocol>(
    _ output: Output, _ limit: Int,
    _ watch: @escaping @Sendable (SupervisedProcess) async -> Reason?
  ) async throws -> SupervisionResult<Reason> where Output.OutputType == Void {
    let configuration = try configuration
    do {
      let result = try await Subprocess.run(
        configuration, input: .none, output: output, error: .sequence
      ) { execution in
        await withTaskGroup(of: Event<Reason>.self) { group in
          let process = SupervisedProcess(identifier: execution.processIdentifier.value)
          group.addTask { .stop(await watch(process)) }
          group.addTask { .closed(await execution.standardError.drained(limit: limit)) }
          var standardError: [UInt8] = []
          var stoppedBecause: Reason?
          for await event in group {
            switch event {
            case .stop(let reason):
              guard let reason else { continue }
              stoppedBecause = stoppedBecause ?? reason
              await execution.teardown(using: Self.teardown)
            case .closed(let bytes):
              standardError = bytes
              group.cancelAll()
            }
          }
          return (standardError, stoppedBecause)
        }
      }
      if Task.isCancelled || result.closureResult.1 != nil {
        await ProcessGroup(of: result.processIdentifier).end()
      }
      try Task.checkCancellation()
      return SupervisionResult(
        status: ToolStatus(result.terminationStatus),
        stoppedBecause: result.closureResult.1,
        standardError: result.closureResult.0)
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw ToolError(error, program: self)
    }
  }

  static var teardown: [TeardownStep] {
    [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))]
  }
}

private enum Event<Reason: Sendable>: Sendable {
  case stop(Reason?)
  case closed([UInt8])
}

extension SubprocessOutputSequence {
  /// Reads to the end and returns the first `limit` bytes.
  fileprivate func drained(limit: Int) async -> [UInt8] {
    var kept: [UInt8] = []
    do {
      for try await buffer in self where kept.count < limit {
        kept += buffer.withUnsafeBytes { Array($0.prefix(limit - kept.count)) }
      }
    } catch {
      // A pipe that breaks has no more to say; what was read stands.
    }
    return kept
  }
}
