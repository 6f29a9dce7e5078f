// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import HostProcesses
import Records
import SystemPackage

/// The `cmalab` that was built beside these tests, run as a user runs it.
struct CMALabProcess: Sendable {
  let arguments: [String]
  /// Set, or where nil unset, over the tests' own environment.
  var environment: [String: String?]
  let directory: FilePath?

  init(
    _ arguments: [String], environment: [String: String?] = [:], directory: FilePath? = nil
  ) {
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
  }

  /// How long a command may take that at most boots a guest, on a machine with other work.
  static let deadline = Duration.seconds(300)

  /// - Throws: `HostFileError` where the tests were built without it.
  static var executable: FilePath {
    get throws {
      let link = FilePath("/proc/self/exe")
      guard let path = realpath(link.string, nil) else {
        throw HostFileError(.read, link, Errno(rawValue: errno).description)
      }
      defer { free(path) }
      let executable = FilePath(String(cString: path)).removingLastComponent().appending("cmalab")
      guard HostFile.exists(executable) else {
        throw HostFileError(.read, executable, "it is not built: run '.ci/compile --build-tests'")
      }
      return executable
    }
  }

  /// Runs it to its end.
  ///
  /// - Parameter input: what it reads from standard input.
  func result(input: [UInt8] = [], deadline: Duration = deadline) async throws -> CMALabResult {
    let result = try await command.collect(input: input, limit: 16 << 20, deadline: deadline)
    return CMALabResult(
      status: result.status, output: result.standardOutput, errors: result.standardError)
  }

  /// Runs it while `body` is busy with its process identifier.
  ///
  /// - Parameter output: receives what it writes to standard output.
  /// - Throws: what `body` throws; `Overdue` at the deadline. The process is gone then.
  func result(
    output: FilePath, deadline: Duration = deadline,
    during body: @escaping @Sendable (_ identifier: Int32) async throws -> Void
  ) async throws -> CMALabResult {
    let shell = ToolCommand(
      .named("sh"),
      ["-c", #"exec "$@" > "$0""#, output.string, try Self.executable.string] + arguments,
      environment: environment, directory: directory)
    let supervised = try await shell.supervised(standardErrorLimit: 1 << 20) {
      process -> (any Error)? in
      do {
        try await body(process.identifier)
        try await Task.sleep(for: deadline)
        return Overdue(deadline: deadline)
      } catch is CancellationError {
        // It has ended by itself.
        return nil
      } catch {
        return error
      }
    }
    if let error = supervised.stoppedBecause { throw error }
    return CMALabResult(
      status: supervised.status, output: try HostFile.read(output, limit: 16 << 20),
      errors: supervised.standardError)
  }

  struct Overdue: Error {
    let deadline: Duration
  }

  var command: ToolCommand {
    get throws {
      ToolCommand(
        .path(try Self.executable), arguments, environment: environment, directory: directory)
    }
  }
}

/// What a `cmalab` said and how it ended.
struct CMALabResult: Sendable {
  let status: ToolStatus
  let output: String
  let errors: String

  init(status: ToolStatus, output: [UInt8], errors: [UInt8]) {
    self.status = status
    self.output = String(decoding: output, as: UTF8.self)
    self.errors = String(decoding: errors, as: UTF8.self)
  }

  /// The record, of one that was asked for JSON.
  var record: RunRecord {
    get throws { try RunRecord(json: Array(output.utf8)) }
  }

  /// The lines that say what went wrong.
  var complaints: [String] {
    errors.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("Error: ") || $0.hasPrefix("cmalab: error: ") }
  }
}
