// SPDX-License-Identifier: Apache-2.0

import HostFiles
import SystemPackage

/// A state of a task of Slurm's (squeue(1), "JOB STATE CODES"), as far as it tells why a task ended.
package enum SlurmState: String, Hashable, Sendable {
  case running = "RUNNING"
  case nodeFail = "NODE_FAIL"
  case bootFail = "BOOT_FAIL"
  case timeout = "TIMEOUT"
  case deadline = "DEADLINE"
  case cancelled = "CANCELLED"
  case preempted = "PREEMPTED"
  case revoked = "REVOKED"
  case outOfMemory = "OUT_OF_MEMORY"
}

/// What a batch system says of the task of a shard.
package struct TaskState: Hashable, Sendable {
  package let shard: Int
  /// Nil for one that tells nothing: `COMPLETED`, `FAILED`, `PENDING` …
  package let state: SlurmState?

  /// Reads what sacct(1) or scontrol(1) printed of a job array, a task a line:
  ///
  ///     13_2|CANCELLED by 0|0:15|n1
  ///     JobId=15 ArrayJobId=13 ArrayTaskId=2 … JobState=CANCELLED Reason=None …
  ///
  /// Tasks that have not begun stand together, as in `13_[3-6]|PENDING` and `ArrayTaskId=3-6`.
  package static func all(in text: String) -> [TaskState] {
    text.split(separator: "\n").flatMap { line -> [TaskState] in
      let fields = line.split(separator: "|", omittingEmptySubsequences: false)
      guard fields.count >= 2 else { return ofScontrol(line) }
      guard let underscore = fields[0].firstIndex(of: "_") else { return [] }
      let indices = fields[0][fields[0].index(after: underscore)...]
      return states(indices, fields[1])
    }
  }

  private static func ofScontrol(_ line: Substring) -> [TaskState] {
    let words = Dictionary(
      line.split(separator: " ").compactMap { word -> (Substring, Substring)? in
        guard let equal = word.firstIndex(of: "=") else { return nil }
        return (word[..<equal], word[word.index(after: equal)...])
      }, uniquingKeysWith: { first, _ in first })
    guard let indices = words["ArrayTaskId"], let state = words["JobState"] else { return [] }
    return states(indices, state)
  }

  /// - Parameter indices: `2`, `3-6`, `[3-6,9%2]`.
  private static func states(_ indices: Substring, _ state: Substring) -> [TaskState] {
    let known = SlurmState(rawValue: String(state.prefix { $0 != " " && $0 != "+" }))
    let list = indices.filter { $0 != "[" && $0 != "]" }.prefix { $0 != "%" }
    return list.split(separator: ",").flatMap { part -> [TaskState] in
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
        last <= ShardPlan.mostShards
      else { return [] }
      return (first...last).map { TaskState(shard: $0, state: known) }
    }
  }
}

/// How the script of a task ended, in its own words: a file of `ends/`, a `KEY=VALUE` a line.
package struct TaskEnd: Hashable, Sendable {
  package let shard: Int
  package let host: String
  /// cmalab's exit status, 128 + N where signal N ended it.
  package let status: Int
  /// Whether the script was asked to end.
  package let wasTerminated: Bool
  /// Of the task at that moment; nil where Slurm was not asked or did not answer, and for one that tells
  /// nothing.
  package let state: SlurmState?

  init?(_ text: String) {
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let equal = line.firstIndex(of: "=") else { continue }
      values[line[..<equal]] = line[line.index(after: equal)...]
    }
    guard let shard = values["shard"].flatMap({ Int($0) }),
      let status = values["status"].flatMap({ Int($0) })
    else { return nil }
    self.shard = shard
    self.status = status
    host = values["host"].map(String.init) ?? "an unknown host"
    wasTerminated = values["terminated"] == "yes"
    state = values["state"].flatMap { SlurmState(rawValue: String($0)) }
  }

  private static let limit = 1 << 16

  /// The ends that were written whole, in the order in which they were.
  static func all(in folder: FilePath) throws(HostFileError) -> [TaskEnd] {
    guard HostFile.exists(folder) else { return [] }
    return try HostFile.names(in: folder).sorted().compactMap { name in
      (try? HostFile.read(folder.appending(name), limit: limit))
        .flatMap { TaskEnd(String(decoding: $0, as: UTF8.self)) }
    }
  }
}
