// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
package import HostFiles
package import Records
package import SystemPackage

/// Which attempt at which shard, on which host: `1-0003-2-n1`.
package struct AttemptName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let submission: Int
  package let shard: Int
  /// From 1; the next one that no host has taken.
  package let attempt: Int
  package let host: String

  package init(submission: Int, shard: Int, attempt: Int, host: String) {
    self.submission = submission
    self.shard = shard
    self.attempt = attempt
    self.host = host
  }

  /// An attempt that has not run all its cells.
  static let partialSuffix = ".partial"

  /// Nil for what is not the name of an attempt's folder.
  init?(folder name: String) {
    let plain =
      name.hasSuffix(Self.partialSuffix) ? name.dropLast(Self.partialSuffix.count) : name[...]
    let parts = plain.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let submission = Int(parts[0]), let shard = Int(parts[1]),
      let attempt = Int(parts[2]), submission > 0, shard > 0, attempt > 0, !parts[3].isEmpty
    else { return nil }
    self.init(submission: submission, shard: shard, attempt: attempt, host: String(parts[3]))
    guard description == plain else { return nil }
  }

  package var description: String {
    "\(submission)-\(Self.digits(shard))-\(attempt)-\(host)"
  }

  package static func < (left: AttemptName, right: AttemptName) -> Bool {
    (left.submission, left.shard, left.attempt, left.host)
      < (right.submission, right.shard, right.attempt, right.host)
  }

  /// A shard's number, so that names are sorted as numbers are.
  static func digits(_ number: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, 4 - text.count)) + text
  }

  /// What a host calls itself, fit for a file's name, its domain dropped.
  package static var thisHost: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "host" }
    let name = String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let first = name.prefix { $0 != "." }
    let safe = first.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
    return safe.isEmpty ? "host" : String(safe)
  }
}

/// The folder of an attempt, which is also the folder of a matrix of its cells alone.
///
/// It is `….partial` until all its cells have results, and then gets its name by one rename. What a
/// partial one holds counts as well: its results are whole lines.
package struct AttemptFolder: Hashable, Sendable {
  package let path: FilePath
  package let name: AttemptName

  init(_ path: FilePath, name: AttemptName) {
    self.path = path
    self.name = name
  }

  package var isWhole: Bool { path.lastComponent?.string == name.description }
  package var matrix: MatrixFolder { MatrixFolder(path) }
  var heartbeat: FilePath { path.appending("heartbeat") }
  private var record: FilePath { path.appending("attempt.json") }
  private var ending: FilePath { path.appending("ended.json") }

  /// Makes the folder of the next attempt at a shard.
  ///
  /// Two machines that begin at once get folders of their own: a folder is made by one of them.
  package static func begin(
    submission: Int, shard: Int, in batch: BatchFolder, versions: ProgramVersions,
    plan: MatrixPlan
  ) throws -> AttemptFolder {
    try HostFile.createDirectory(batch.attempts)
    let host = AttemptName.thisHost
    var attempt =
      (try batch.allAttempts().map(\.name)
        .filter { $0.submission == submission && $0.shard == shard }.map(\.attempt).max() ?? 0) + 1
    while true {
      let name = AttemptName(submission: submission, shard: shard, attempt: attempt, host: host)
      let folder = AttemptFolder(
        batch.attempts.appending(name.description + AttemptName.partialSuffix), name: name)
      if try HostFile.createNewDirectory(folder.path) {
        try HostFile.write(
          Array(
            try JSONText.document(
              AttemptRecord(
                versions: versions, startedSeconds: Self.now, process: Int(getpid()))
            ).utf8), to: folder.record)
        try folder.matrix.write(plan)
        return folder
      }
      attempt += 1
    }
  }

  /// Gives it its name, now that all its cells have results.
  package func finish() throws(HostFileError) {
    try HostFile.rename(path, to: path.removingLastComponent().appending(name.description))
  }

  /// Keeps why it ended before its last cell.
  package func stop(_ ending: AttemptEnding) throws {
    try HostFile.write(Array(try JSONText.document(ending).utf8), to: self.ending)
  }

  /// Nil for an attempt that ended before it could write who it is.
  package var started: AttemptRecord? { Self.decoded(record) }

  /// Nil where it goes on, was killed, or finished.
  package var stopped: AttemptEnding? { Self.decoded(ending) }

  private static func decoded<Value: Decodable>(_ file: FilePath) -> Value? {
    (try? HostFile.read(file, limit: 1 << 20)).flatMap { try? JSONText.read(Value.self, from: $0) }
  }

  /// Seconds since 1970.
  package static var now: Double { Date().timeIntervalSince1970 }
}

/// Who makes an attempt: `attempt.json`.
package struct AttemptRecord: Hashable, Sendable, Codable {
  package let versions: ProgramVersions
  /// Since 1970.
  let startedSeconds: Double
  package let process: Int
}

/// Why an attempt ended before its last cell: `ended.json`.
package struct AttemptEnding: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable {
    /// By TERM, INT or HUP.
    case interrupted
    /// By an error of the harness.
    case failed
  }

  package let kind: Kind
  /// The error in its own words.
  package let text: String

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}
