// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import HostFiles
import Kernels
import MemoryRequests
import Observations
import Predictions
import Quantities
import Records
import Reports
import Runs
import SystemPackage
import Transcripts

/// `cmalab max`
struct MaxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "max",
    abstract: "Tells the largest pool that fits, and the largest that is safe.",
    discussion: """
      Nothing is built and no guest is started, unless it is to be verified: then the largest pool \
      is booted, and one unit more, and the safe one with the allocation test. Exit codes: 0 a pool \
      is safe in every layout that was looked at, and what was booted holds, 1 not so, 2 trouble, 64 \
      usage.
      """)

  @OptionGroup var options: SelectionOptions

  @Flag(help: "Look at every layout of the board.")
  var allLayouts = false

  @Flag(help: "Boot what was found.")
  var verify = false

  @OptionGroup var ownKernel: OwnKernelOptions

  @Option(help: FormatArgument<[MaximumPool]>.help)
  var format = FormatArgument<[MaximumPool]>.usual

  func validate() throws { try ownKernel.validate(verify: verify) }

  func run() async throws {
    let installation = try HostEnvironment.installation()
    let cache = try HostEnvironment.cache()
    let preparation = Preparation(
      installation: installation, cache: cache,
      builder: try KernelBuilder.forTerminal(installation, cache))
    let selection = try options.selection(in: installation)
    let layouts = allLayouts ? selection.board.layouts.map(\.name) : [options.layout]
    var found: [MaximumPool] = []
    for layout in layouts {
      found.append(
        try await preparation.maximum(
          options.with(layout: layout).selection(in: installation), kernel: ownKernel.description))
    }
    try StandardOutput.write(format.document(of: found))
    var holds = found.allSatisfy { $0.safe.bytes > .zero }
    guard verify else {
      if !holds { throw ExitCode.verdictFailed }
      return
    }
    for (layout, maximum) in zip(layouts, found) {
      holds =
        try await Verification(
          preparation: preparation, cache: cache, installation: installation,
          options: options.with(layout: layout), maximum: maximum
        ).holds() && holds
    }
    if !holds { throw ExitCode.verdictFailed }
  }
}

extension SelectionOptions {
  fileprivate func with(layout: String?) -> SelectionOptions {
    var options = self
    options.layout = layout
    return options
  }
}

/// Boots of what was found.
private struct Verification {
  let preparation: Preparation
  let cache: ContentCache
  let installation: Installation
  let options: SelectionOptions
  let maximum: MaximumPool

  /// Whether the guests did what they were to do; each is told on standard error.
  func holds() async throws -> Bool {
    let more = ByteCount(maximum.fits.bytes.bytes + maximum.unit.bytes)
    let largest = try await boot(maximum.fits.bytes, tests: [])
    let isThere = largest.observed.cmaMessages.contains { $0.text.contains("cma: Reserved ") }
    let beyond = try await boot(more, tests: [])
    let isRefused =
      beyond.observed.cmaMessages.contains { $0.text.contains("cma: Failed to reserve ") }
      || !beyond.observed.cmaMessages.contains { $0.text.contains("cma: Reserved ") }
    say(maximum.fits.bytes, isThere, "is reserved", largest)
    say(more, isRefused, "is refused", beyond)
    guard maximum.safe.bytes > .zero else { return isThere && isRefused }
    let safe = try await boot(maximum.safe.bytes, tests: [.allocate])
    // What else was to have room, as a crash kernel, is part of the prediction.
    let isSafe = holds(safe, besides: lostBanks(of: largest)) && safe.prediction?.verdict != .fail
    say(maximum.safe.bytes, isSafe, "survives the allocation test", safe)
    return isThere && isRefused && isSafe
  }

  /// The layout's checks that a guest fails: a kernel may lose a bank, whatever the pool is.
  private func lostBanks(of record: RunRecord) -> Set<String> {
    Set(record.checks.filter { $0.verdict == .fail && $0.id.hasPrefix("layout.") }.map(\.id))
  }

  /// Whether a run passes, or would but for the checks of these names.
  private func holds(_ record: RunRecord, besides excused: Set<String>) -> Bool {
    if record.verdict == .pass { return true }
    let failed = record.checks.filter { $0.verdict != .pass }
    return record.ending.kind == .completed && !failed.isEmpty
      && failed.allSatisfy { excused.contains($0.id) }
      && !record.tests.isEmpty && record.tests.allSatisfy { $0.verdict == .pass }
  }

  private func say(_ size: ByteCount, _ holds: Bool, _ what: String, _ record: RunRecord) {
    StandardError.say(
      "\(maximum.layout): \(size.wholeMebibytes) MiB \(holds ? what : "does not hold: \(what)")"
        + " (\(record.reason))")
  }

  private func boot(_ cma: ByteCount, tests: [GuestTest]) async throws -> RunRecord {
    let started = ContinuousClock.now
    var options = options
    options.pools.cma = PoolRequest(bytes: cma)
    options.pools.via = .commandLine
    options.test = tests
    let selection = try options.selection(in: installation)
    let directory = try KeptRuns(cache: cache)
      .next(board: selection.board.name, layout: selection.layout.name)
    return try await BoardRun(try await preparation.prepare(selection), in: directory)
      .record(since: started)
  }
}
