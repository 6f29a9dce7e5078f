// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Records
import SystemPackage

/// What a merge found besides the results: `merge.json`.
package struct MergeSummary: Hashable, Sendable, Codable {
  package static let currentSchema = "cmalab.merge/1"

  package let schema: String
  package let cells: Int
  package let results: Int
  package let missing: [Missing]
  package let flakes: [Flake]
  package let otherPrograms: [OtherProgram]
  /// The lines of results files that are not believed, each with its place and why.
  package let damaged: [String]

  /// A cell that nobody has a result of.
  package struct Missing: Hashable, Sendable, Codable {
    package let cell: String
    package let shard: Int?
    package let reason: MissingReason
  }

  /// A cell of which two attempts came to different conclusions.
  package struct Flake: Hashable, Sendable, Codable {
    package let cell: String
    /// Their runs are in `flakes/CELL/ATTEMPT`.
    package let attempts: [Run]

    package struct Run: Hashable, Sendable, Codable {
      package let attempt: String
      package let outcome: CellOutcome
    }
  }

  /// An attempt that ran other programs than the machine that submitted it.
  package struct OtherProgram: Hashable, Sendable, Codable {
    package let attempt: String
    package let host: String
    package let versions: ProgramVersions
    package let submitted: ProgramVersions
  }

  init(
    cells: Int, results: Int, missing: [Missing], flakes: [Flake], otherPrograms: [OtherProgram],
    damaged: [String]
  ) {
    schema = Self.currentSchema
    self.cells = cells
    self.results = results
    self.missing = missing
    self.flakes = flakes
    self.otherPrograms = otherPrograms
    self.damaged = damaged
  }
}

extension MergeSummary {
  /// More than these are in `merge.json`.
  private static let mostListed = 20

  /// What a person has to know of it, a line each; empty where everything is as it should be.
  package var lines: [String] {
    var lines: [String] = []
    for kind in MissingReason.Kind.allCases {
      let cells = missing.filter { $0.reason.kind == kind }
      guard !cells.isEmpty else { continue }
      lines.append("\(cells.count) cells were not run: \(kind.rawValue)")
      let groups = Dictionary(grouping: cells) {
        [$0.shard.map { "shard \($0)" } ?? "", $0.reason.detail]
      }
      for (words, group) in groups.sorted(by: { $0.value[0].shard ?? 0 < $1.value[0].shard ?? 0 }) {
        let known = words.filter { !$0.isEmpty }.joined(separator: ", ")
        let names = group.prefix(3).map(\.cell).joined(separator: " ")
        let more = group.count > 3 ? " and \(group.count - 3) more" : ""
        lines.append("  \(known.isEmpty ? "" : "\(known): ")\(names)\(more)")
      }
    }
    for flake in flakes.prefix(Self.mostListed) {
      let runs = flake.attempts.map { "\($0.attempt) \($0.outcome.verdict.rawValue)" }
      lines.append("flake: \(flake.cell): \(runs.joined(separator: ", "))")
    }
    if flakes.count > Self.mostListed {
      lines.append("and \(flakes.count - Self.mostListed) more flakes")
    }
    for host in Set(otherPrograms.map(\.host)).sorted() {
      guard let other = otherPrograms.first(where: { $0.host == host }) else { continue }
      lines.append(
        "\(host) ran \(other.versions.difference(from: other.submitted)): "
          + "its results are marked in merge.json")
    }
    lines += damaged.prefix(Self.mostListed).map { "\($0); its cell counts as not run" }
    return lines
  }
}

extension ProgramVersions {
  /// `QEMU emulator version 8.2.2 instead of QEMU emulator version 7.2.22`.
  package func difference(from other: ProgramVersions) -> String {
    var words: [String] = []
    if emulator != other.emulator {
      words.append("\(emulator ?? "no QEMU") instead of \(other.emulator ?? "no QEMU")")
    }
    if cmalab != other.cmalab {
      words.append("cmalab \(cmalab) instead of \(other.cmalab)")
    } else if executable != other.executable {
      words.append("another build of cmalab \(cmalab)")
    }
    return words.joined(separator: ", ")
  }
}

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
            host: $0.name.host, ending: $0.stopped, silence: Heartbeat(of: $0).silence)
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
