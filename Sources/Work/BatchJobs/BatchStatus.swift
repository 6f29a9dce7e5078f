// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import Records
import SystemPackage

/// How far the last submission has come, from the folder alone.
package struct BatchStatus: Hashable, Sendable {
  /// An attempt that goes on or is lost.
  package struct Attempt: Hashable, Sendable {
    package let name: AttemptName
    /// Cells with a result, of all that it was to run.
    package let done: Int
    package let cells: Int
    package let state: State
    /// Cells a second, since it began.
    package let rate: Double

    package enum State: Hashable, Sendable {
      case running
      case silent(Duration)
      case stopped(AttemptEnding)
    }
  }

  /// Of the whole matrix.
  package let cells: Int
  package let done: Int
  package let unexpected: Int
  package let shards: Int
  package let wholeShards: Int
  /// Those that are not whole and whose cells no later attempt has taken over.
  package let attempts: [Attempt]

  package var running: [Attempt] { attempts.filter { $0.state == .running } }
  package var lost: [Attempt] { attempts.filter { $0.state != .running } }

  /// Cells a second of everything that runs.
  package var rate: Double { running.reduce(0) { $0 + $1.rate } }

  /// Seconds until every cell is done at ``rate``; nil where nothing runs.
  package var secondsLeft: Double? { rate > 0 ? Double(cells - done) / rate : nil }

  package var isDone: Bool { done == cells }
}

/// Reads a shared folder again and again, each line once.
package struct BatchWatch: Sendable {
  private let batch: BatchFolder
  private let cells: Set<String>
  private var readers: [FilePath: ResultTail] = [:]

  /// - Throws: `MatrixFolderError.notAMatrix`, `HostFileError`.
  package init(of batch: BatchFolder) throws {
    self.batch = batch
    cells = Set(try batch.matrix.readPlan().cells.map(\.id))
  }

  /// - Throws: `HostFileError`, `BatchError`.
  package mutating func status() throws -> BatchStatus {
    let attempts = try batch.allAttempts()
    let last = try batch.allSubmissions().last
    let shards = try last?.read().shards ?? []
    var results: [String: Bool] = [:]
    var counts: [AttemptFolder: Int] = [:]
    var tails: [FilePath: ResultTail] = [:]
    for (key, file) in [(batch.path, batch.matrix.results)]
      + attempts.map({ (batch.attempts.appending($0.name.description), $0.matrix.results) })
    {
      // Filed under the name that stays, as an attempt is renamed when it is whole.
      var tail = readers[key] ?? ResultTail()
      tail.read(file)
      tails[key] = tail
      results.merge(tail.results.filter { cells.contains($0.key) }) { $0 && $1 }
    }
    readers = tails
    for attempt in attempts {
      counts[attempt] =
        tails[batch.attempts.appending(attempt.name.description)]?.results.count ?? 0
    }
    let latest = attempts.filter { $0.name.submission == last?.number }
    let open = latest.filter { attempt in
      !attempt.isWhole
        && !latest.contains {
          $0.name.shard == attempt.name.shard && ($0.isWhole || $0.name > attempt.name)
        }
    }
    return BatchStatus(
      cells: cells.count, done: results.count, unexpected: results.values.count { !$0 },
      shards: shards.count,
      wholeShards: Set(latest.filter(\.isWhole).map(\.name.shard)).count,
      attempts: open.map { status(of: $0, done: counts[$0, default: 0], shards) })
  }

  private func status(
    of attempt: AttemptFolder, done: Int, _ shards: [Submission.Shard]
  ) -> BatchStatus.Attempt {
    let silence = AttemptHeartbeat(of: attempt).silence
    let state: BatchStatus.Attempt.State =
      if let ending = attempt.stopped {
        .stopped(ending)
      } else if let silence, silence <= AttemptHeartbeat.patience {
        .running
      } else {
        .silent(silence ?? .seconds(AttemptFolder.now - (attempt.started?.startedSeconds ?? 0)))
      }
    let age = attempt.started.map { AttemptFolder.now - $0.startedSeconds } ?? 0
    return BatchStatus.Attempt(
      name: attempt.name, done: done,
      cells: shards.first { $0.number == attempt.name.shard }?.cells ?? done, state: state,
      rate: age > 0 ? Double(done) / age : 0)
  }
}

/// The results of a file that grows, of which only what is new is read.
private struct ResultTail: Sendable {
  /// Whether each cell came to what was expected.
  private(set) var results: [String: Bool] = [:]
  private var offset = 0

  private struct Line: Decodable {
    let id: String
    let expected: Bool
  }

  /// A file that cannot be read now may be there the next time.
  mutating func read(_ file: FilePath) {
    guard let size = try? HostFile.size(of: file).bytes, Int(size) != offset else { return }
    // The merge replaces its results.
    if Int(size) < offset { offset = 0 }
    guard let bytes = try? HostFile.read(file, bytes: offset..<Int(size)),
      let last = bytes.lastIndex(of: 0x0a)
    else { return }
    for line in bytes[..<last].split(separator: 0x0a) {
      if let line = try? JSONText.read(Line.self, from: line) {
        results[line.id] = line.expected
      }
    }
    offset += last + 1
  }
}
