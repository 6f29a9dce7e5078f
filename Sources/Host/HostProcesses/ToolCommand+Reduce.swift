// SPDX-License-Identifier: Apache-2.0
import Subprocess

extension ToolCommand {
  /// Runs the program and hands on what it writes to standard output, piece by piece, for as long as
  /// more is wanted; then it is taken down.
  ///
  /// - Parameters:
  ///   - deadline: how long it may take.
  ///   - take: adds a piece, and says whether more is wanted.
  /// - Throws: `ToolError` where it cannot be started, takes too long, or fails before `take` has all
  ///   that it wants; what `take` throws; `CancellationError` where the task is cancelled.
  package func reduce<Value: Sendable>(
    into initial: Value, deadline: Duration,
    _ take: @escaping @Sendable (inout Value, [UInt8]) throws -> Bool
  ) async throws -> Value {
    let configuration = try configuration
    return try await withDeadline(deadline) {
      let result = try await Subprocess.run(
        configuration, input: .none, output: .sequence, error: .bytes(limit: Self.messageLimit)
      ) { execution in
        await execution.result {
          var value = initial
          for try await buffer in execution.standardOutput
          where try !take(&value, buffer.withUnsafeBytes { Array($0) }) {
            await execution.teardown(using: Self.teardown)
            return (value, hasAll: true)
          }
          return (value, hasAll: false)
        }
      }
      let (value, hasAll) = try await result.valueOfBody()
      if hasAll {
        await ProcessGroup(of: result.processIdentifier).end()
        return value
      }
      let status = ToolStatus(result.terminationStatus)
      guard status.isSuccess else {
        throw ToolError(
          program: programName,
          reason: .failed(status, output: Self.tail(of: result.standardError, lines: 20)))
      }
      return value
    }
  }
}
