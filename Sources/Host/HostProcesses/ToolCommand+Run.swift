// SPDX-License-Identifier: Apache-2.0
import Subprocess
package import SystemPackage

/// What a program that ran to its end wrote, and how it ended.
package struct ToolResult: Sendable {
  package let status: ToolStatus
  package let standardOutput: [UInt8]
  package let standardError: [UInt8]
}

extension ToolCommand {
  /// The most bytes that a program may write to standard error: tar has a message for each of a
  /// kernel's 80,000 files where the disk is full, and the first one says why.
  static let messageLimit = 32 << 20

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input; a program that does not read all of it says itself why.
  ///   - limit: the most bytes that it may write to standard output.
  ///   - deadline: how long it may take; the default is far above what any tool needs that reads no
  ///     more than a few files.
  /// - Returns: its output and status, whether or not it succeeded.
  /// - Throws: `ToolError` where it cannot be started, writes too much or takes too long;
  ///   `CancellationError` where the task is cancelled, after the program is gone.
  package func collect(
    input: [UInt8] = [], limit: Int = 1 << 20, deadline: Duration = .seconds(600)
  ) async throws -> ToolResult {
    let configuration = try configuration
    BrokenPipe.becomesError()
    return try await withDeadline(deadline) {
      do {
        let result = try await Subprocess.run(
          configuration, input: .inputWriter, output: .bytes(limit: limit),
          error: .bytes(limit: Self.messageLimit)
        ) { execution in
          _ = try? await execution.standardInputWriter.write(input)
          try? await execution.standardInputWriter.finish()
        }
        if Task.isCancelled { await ProcessGroup(of: result.processIdentifier).end() }
        return ToolResult(
          status: ToolStatus(result.terminationStatus), standardOutput: result.standardOutput,
          standardError: result.standardError)
      } catch let error as SubprocessError where error.code == .outputLimitExceeded {
        throw ToolError(program: programName, reason: .tooMuchOutput(limit: limit))
      }
    }
  }

  /// Runs the program to its end and returns what it wrote to standard output.
  ///
  /// - Throws: as ``collect(input:limit:deadline:)``, and `ToolError` with the end of its error output
  ///   where it does not succeed.
  package func output(
    input: [UInt8] = [], limit: Int = 1 << 20, deadline: Duration = .seconds(600)
  ) async throws -> [UInt8] {
    let result = try await collect(input: input, limit: limit, deadline: deadline)
    guard result.status.isSuccess else {
      let said = result.standardError.isEmpty ? result.standardOutput : result.standardError
      throw ToolError(
        program: programName,
        reason: .failed(result.status, output: ToolCommand.tail(of: said, lines: 20)))
    }
    return result.standardOutput
  }

  /// Runs the program to its end, both its streams appended to the file `log` as they arrive.
  ///
  /// - Parameters:
  ///   - deadline: how long it may take.
  ///   - onLine: called with each complete line, without its newline.
  /// - Returns: how it ended.
  package func run(
    loggingTo path: FilePath, deadline: Duration, onLine: @escaping @Sendable (Substring) -> Void
  ) async throws -> ToolStatus {
    let configuration = try configuration
    let log = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: [.ownerReadWrite, .groupRead, .otherRead])
    defer { try? log.close() }
    return try await withDeadline(deadline) {
      let result = try await Subprocess.run(
        configuration, input: .none, output: .sequence, error: .combinedWithOutput
      ) { execution in
        await execution.result {
          var pending: [UInt8] = []
          for try await buffer in execution.standardOutput {
            let bytes = buffer.withUnsafeBytes { Array($0) }
            try log.writeAll(bytes)
            pending += bytes
            while let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
              onLine(Substring(String(decoding: pending[..<newline], as: UTF8.self)))
              pending.removeSubrange(...newline)
            }
            // A program that never ends its line must not grow our memory.
            if pending.count > 1 << 16 { pending.removeAll() }
          }
        }
      }
      try await result.valueOfBody()
      return ToolStatus(result.terminationStatus)
    }
  }

  /// The last `lines` lines of a program's output, as text.
  package static func tail(of bytes: [UInt8], lines: Int) -> String {
    String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0.isEmpty }
      .suffix(lines + 1)
      .joined(separator: "\n")
      .trimmingSuffix { $0 == "\n" }
  }

  /// The session of its own keeps a terminal's Ctrl-C away, so that only we take the program down,
  /// and lets the teardown reach whatever it has started.
  var configuration: Subprocess.Configuration {
    get throws(ToolError) {
      let confined = try confined()
      var options = PlatformOptions()
      options.createSession = true
      options.teardownSequence = Self.teardown
      var overrides: [Environment.Key: String?] = [:]
      for (name, value) in environment { overrides[Environment.Key(stringLiteral: name)] = value }
      return Subprocess.Configuration(
        executable: confined.executable, arguments: Arguments(confined.arguments),
        environment: .inherit.updating(overrides), workingDirectory: directory,
        platformOptions: options)
    }
  }

  private var executable: Executable {
    switch program {
    case .named(let name): .name(name)
    case .path(let path): .path(path)
    }
  }

  /// Runs `body`, cancelling it at the deadline, and says which of the two ended it.
  ///
  /// A cancelled `Subprocess.run` does not throw: it returns the status of the child that it
  /// killed. So the cause is looked at here, before the result is believed.
  func withDeadline<Value: Sendable>(
    _ deadline: Duration?, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    do {
      guard let deadline else {
        let value = try await body()
        try Task.checkCancellation()
        return value
      }
      return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
          try await Task.sleep(for: deadline)
          return nil
        }
        defer { group.cancelAll() }
        let first = try await group.next() ?? nil
        try Task.checkCancellation()
        guard let first else {
          throw ToolError(program: programName, reason: .timedOut(deadline))
        }
        return first
      }
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw ToolError(error, program: self)
    }
  }
}

extension ToolStatus {
  init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code)
    case .signaled(let signal): self = .signaled(signal)
    }
  }
}

extension ToolError {
  init(_ error: SubprocessError, program: ToolCommand) {
    let reason: Reason =
      switch error.code {
      case .executableNotFound: .notFound
      default: .notStarted(error.underlyingError?.description ?? error.description)
      }
    self.init(program: program.programName, reason: reason)
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var end = endIndex
    while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
    return String(self[..<end])
  }
}
