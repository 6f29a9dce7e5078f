// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Kernels
import Quantities
import Runs

/// `cmalab kernels prune`
struct PruneKernels: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove kernels, sources and runs that need not be kept; asks first.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Kernels and sources that no line is built from any more, builds that were interrupted, kernels that \
    differ from another one in the pool of Kconfig alone (seconds make them again), and runs without a name \
    that are older than \(KeptRuns.oldestDays) days: each is asked about.
    """,
    examples: [
      .init("be asked about each", "cmalab kernels prune"),
      .init("in a script", "cmalab kernels prune --yes"),
      .init("begin anew", "cmalab kernels prune --all"),
    ],
    statuses: [
      .success("it is done, or there is nothing to do"),
      .trouble("trouble with the cache"),
    ])

  @Flag(help: "Remove every kernel, unpacked source and download: the next boot builds anew.")
  var all = false

  @Flag(help: "Ask nothing: for scripts, which have no terminal to be asked on.")
  var yes = false

  func run() async throws {
    let inventory = try KernelsCommand.inventory()
    let runs = KeptRuns(cache: try HostEnvironment.cache())
    let entries = try await inventory.prunable(all: all)
    let oldRuns = try runs.old()
    guard yes || StandardInput.isTerminal || entries.isEmpty && oldRuns == nil else {
      let size = entries.reduce(oldRuns?.size.bytes ?? 0) { $0 + $1.size.bytes }
      throw ValidationError(
        "\(ByteCount(size).roundedMebibytes) can go, and nobody is asked without a terminal: "
          + "give --yes")
    }
    var freed: UInt64 = 0
    for group in entries where try await isToGo("\(group)") {
      freed += try await inventory.remove(group).bytes
    }
    if let oldRuns,
      try await isToGo(
        "\(oldRuns.count) runs without a name, older than \(KeptRuns.oldestDays) days, "
          + oldRuns.size.roundedMebibytes)
    {
      runs.remove(oldRuns)
      freed += oldRuns.size.bytes
    }
    try StandardOutput.write("\(ByteCount(freed).roundedMebibytes) came free\n")
  }

  /// Says what is to be removed, and asks where that is wanted.
  private func isToGo(_ what: String) async throws -> Bool {
    guard !yes else {
      try StandardOutput.write("removing \(what)\n")
      return true
    }
    let answer = try await StandardInput.answer(to: "\(what): remove? [y/N] ")
    return ["y", "yes"].contains(answer.lowercased())
  }
}

extension PrunableEntries: CustomStringConvertible {
  /// `43 kernels that differ …, 2500 MiB`.
  package var description: String { "\(count) \(reason), \(size.roundedMebibytes)" }
}

extension PrunableEntries.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outdatedKernels: "kernels that no line would build any more"
    case .siblings:
      "kernels that differ from another in Kconfig's pool alone (made again in seconds)"
    case .sources: "unpacked sources that no kernel is built from"
    case .archives: "downloads that no line is built from"
    case .interruptedBuilds: "interrupted builds of kernels (gone on with when asked for again)"
    case .kernelsInUse: "kernels in use (made again in minutes each)"
    case .sourcesInUse: "unpacked sources in use"
    case .archivesInUse: "downloads in use (fetched again)"
    }
  }
}
