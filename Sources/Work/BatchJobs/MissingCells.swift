// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Records
import SystemPackage

/// The attempts that ran other programs than the machine that submitted them.
struct OtherPrograms {
  let attempts: [MergeSummary.OtherProgram]

  init(in batch: BatchFolder, attempts: [AttemptFolder]) throws {
    let submitted = try Dictionary(
      uniqueKeysWithValues: batch.allSubmissions().map { ($0.number, try $0.read().programs) })
    self.attempts = attempts.compactMap { attempt in
      guard let started = attempt.started, let expected = submitted[attempt.name.submission],
        started.versions != expected
      else { return nil }
      return MergeSummary.OtherProgram(
        attempt: attempt.name.description, host: attempt.name.host, versions: started.versions,
        submitted: expected)
    }
  }
}

/// The cells that nobody has a result of, each with its shard and the reason.
struct MissingCells {
  let cells: [MergeSummary.Missing]

  init(_ missing: [String], in batch: BatchFolder, attempts: [AttemptFolder]) throws {
    guard let last = try batch.allSubmissions().last else {
      cells = missing.map { .init(cell: $0, shard: nil, reason: MissingReason(.neverStarted)) }
      return
    }
    let isMissing = Set(missing)
    let states = try last.states()
    let ends = try TaskEnd.all(in: last.ends)
    let own = attempts.filter { $0.name.submission == last.number }
    var found: [String: MergeSummary.Missing] = [:]
    for shard in try last.read().shards.map(\.number) {
      let cells = try last.cells(ofShard: shard).filter(isMissing.contains)
      guard !cells.isEmpty else { continue }
      let attempt = own.last { $0.name.shard == shard && !$0.isWhole }
      let evidence = TaskEvidence(
        state: states.last { $0.shard == shard }?.state, end: ends.last { $0.shard == shard },
        attempt: attempt.map {
          .init(
            host: $0.name.host, ending: $0.stopped, silence: AttemptHeartbeat(of: $0).silence)
        },
        isBuilt: last.isBuilt, launchFailure: last.launchFailure(ofShard: shard))
      for cell in cells { found[cell] = .init(cell: cell, shard: shard, reason: evidence.reason) }
    }
    cells = missing.map {
      found[$0] ?? .init(cell: $0, shard: nil, reason: MissingReason(.neverStarted))
    }
  }
}

extension SubmissionFolder {
  /// What the batch system said of the tasks, where the merge's script asked it.
  func states() throws(HostFileError) -> [TaskState] {
    guard HostFile.exists(schedulerStates) else { return [] }
    let text = try HostFile.read(schedulerStates, limit: 16 << 20)
    return TaskState.all(in: String(decoding: text, as: UTF8.self))
  }

  /// Why the batch system's keeper gave a task up that no node could launch.
  func launchFailure(ofShard number: Int) -> String? {
    let file = path.appending("not-launched").appending("\(number)")
    return (try? HostFile.read(file, limit: 1 << 16)).map { bytes in
      String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }

  /// Whether the build's script did not say that it failed.
  var isBuilt: Bool { !HostFile.exists(path.appending("build-failed")) }
}
