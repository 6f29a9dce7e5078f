// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchJobs
import Matrix
import Records
import SystemPackage

/// `cmalab matrix merge`
struct MergeMatrices: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the results of a matrix's shards, and name the cells that have none.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Given the shared folder of 'matrix submit', it puts the results of all attempts there: one a \
    cell, and both records where two attempts disagree. Given the folders of 'matrix run --shard', \
    it needs --out.
    """,
    examples: [
      .init("the results of what was submitted", "cmalab matrix merge shared"),
      .init("join what two machines ran", "cmalab matrix merge part-1 part-2 --out whole"),
      .init("join whatever is below a folder", "cmalab matrix merge parts/* --out whole"),
    ],
    statuses: [
      .success("every cell came to what was expected"),
      .failure("some did not"),
      .trouble("a cell is inconclusive, missing or a flake, or a folder is damaged"),
    ])

  @Argument(help: "The shared folder, or the folders of the shards.")
  var folders: [FilePath]

  @Option(help: "The folder to write, new or empty.")
  var out: FilePath?

  func run() async throws {
    let batch = BatchFolder(folders[0].absolute)
    if folders.count == 1, out == nil, try !batch.allSubmissions().isEmpty {
      try await merge(batch)
    } else {
      try await mergeShards()
    }
  }

  private func merge(_ batch: BatchFolder) async throws {
    let merge = try await batch.matrix.reserved {
      let merge = try BatchMerge(of: batch)
      try merge.write(to: batch)
      return merge
    }
    let outcome = MatrixOutcome(
      plan: merge.plan, results: try batch.matrix.readResults(of: merge.plan).results)
    try StandardOutput.write(
      merge.summary.lines.map { "\($0)\n" }.joined() + outcome.text)
    if let code = outcome.exitCode { throw code }
    // A cell that came to two things has come to nothing that can be relied on.
    guard merge.summary.flakes.isEmpty else { throw ExitCode.trouble }
  }

  private func mergeShards() async throws {
    guard let out else {
      throw ValidationError("give --out: the folder to write, new or empty")
    }
    let sources = folders.map { MatrixFolder($0.absolute) }
    let merge = try MatrixMerge(of: sources)
    let target = MatrixFolder(out.absolute)
    try await target.reserved {
      try merge.write(to: target, from: sources)
    }
    let outcome = MatrixOutcome(plan: merge.plan, results: merge.results)
    try StandardOutput.write(outcome.text)
    let damages = merge.damages.map { "\($0.folder.path)/\($0.damage); it does not count" }
    for words in damages.firstFew(of: "damaged lines") { Diagnostics.warning(words) }
    let repeated = merge.repeated.map {
      "\($0.id) was run by more than one: the first result is taken"
    }
    for words in repeated.firstFew(of: "cells that were run by more than one") {
      Diagnostics.progress(words)
    }
    if let code = outcome.exitCode { throw code }
  }
}

extension [String] {
  /// More of them nobody reads.
  private static var mostShown: Int { 20 }

  /// The first of them, and how many more there are of `what`.
  fileprivate func firstFew(of what: String) -> [String] {
    guard count > Self.mostShown else { return self }
    return prefix(Self.mostShown) + ["\(count - Self.mostShown) more \(what)"]
  }
}
