// SPDX-License-Identifier: Apache-2.0

import BoardImports
import BootLogs
import Explanations
import GuestRequests
import HostFiles
import Kernels
import MemoryRequests
import Predictions
import Quantities
import Records
import Runs
import SystemPackage

/// Boots a guest with the layout of a log's board: the board file that `cmalab import` makes of it, a
/// kernel of the line whose rules are nearest, the same page size, and what the log's kernel was asked.
struct LogReproduction {
  let session: Session

  /// - Parameters:
  ///   - boot: the one to reproduce, of `log`.
  ///   - explained: the same.
  /// - Throws: what keeps such a guest from being made.
  func reproduced(
    _ boot: LoggedBoot, of log: String, explained: ExplainedBoot, board: BoardImport
  ) async throws -> ReproducedBoot {
    let release = explained.kernelRelease.flatMap { KernelRelease($0) }
    var request = GuestRequest(board: try await file(of: board).string)
    request.kernel = try kernel(for: release, explained)
    request.pools = try Self.pools(of: explained)
    let run = try await session.boot(request)
    let console = BootLog(try run.directory.readConsole())
    let guest = console.boots.last ?? LoggedBoot()
    let words = WordsSideBySide(
      of: boot, in: log, and: guest, in: run.directory.console.string)
    return ReproducedBoot(
      kernel: Self.kernel(explained.kernelRelease, beside: guest.release?.value),
      boot: request.commandLine, verdict: run.record.verdict, reason: run.record.reason,
      folder: run.directory.path.string, statements: words.statements, pools: words.pools)
  }

  /// Kept in the cache, so that the guest can be asked for again.
  private func file(of board: BoardImport) async throws -> FilePath {
    let name = "\(board.name).yaml"
    let folder = try await session.cache.entry(
      kind: "imported-boards",
      key: ContentKey([
        ("name", Array(name.utf8)), ("text", Array(board.text.utf8)),
        ("tree", board.deviceTree ?? []),
      ])
    ) { draft in
      try HostFile.write(Array(board.text.utf8), to: draft.appending(name))
      try board.writeFiles(beside: draft.appending(name))
    }
    return folder.appending(name)
  }

  // MARK: The kernel

  private func kernel(
    for release: KernelRelease?, _ explained: ExplainedBoot
  ) throws -> GuestRequest.Kernel {
    var kernel = GuestRequest.Kernel()
    let architecture = explained.architecture ?? .arm64
    kernel.source = .line(try nearestLine(to: release, for: architecture))
    if architecture == .arm {
      kernel.hasLPAE = explained.banks?.contains { $0.last.value > UInt64(UInt32.max) } ?? false
    } else {
      kernel.pageSize = explained.pageSizeBytes.flatMap { PageSize(bytes: $0.bytes) }
    }
    return kernel
  }

  /// The line with the fewest rules that are not the release's; of several the one before it, or else the
  /// first one behind it. Nil, for the usual one, without a release.
  private func nearestLine(
    to release: KernelRelease?, for architecture: Architecture
  ) throws -> String? {
    guard let release else { return nil }
    let rules = KernelRules(release: release) ?? .oldest
    let lines = try KernelLines(configuration: session.installation.kernelConfiguration).lines
    let choices = lines.compactMap { line -> (line: String, distance: [Int])? in
      guard line.architectures.contains(architecture), let newest = KernelRelease(line.name),
        let others = KernelRules(release: newest)
      else { return nil }
      let steps = (newest.major - release.major) * 100 + newest.minor - release.minor
      let count = RuleList(rules, against: others).rules.count
      return (line.name, [count, steps > 0 ? 1 : 0, abs(steps)])
    }
    return choices.min { $0.distance.lexicographicallyPrecedes($1.distance) }?.line
  }

  private static func kernel(_ logged: String?, beside booted: String?) -> ReproducedBoot.Kernel {
    func rules(_ release: String?) -> KernelRules? {
      release.flatMap { KernelRelease($0) }.flatMap { KernelRules(release: $0) }
    }
    var differing: [String]?
    if let own = rules(logged), let others = rules(booted) {
      differing = RuleList(own, against: others).rules.map(\.name)
    }
    return ReproducedBoot.Kernel(
      logged: logged, booted: booted ?? "not told", differing: differing)
  }

  // MARK: What it is asked

  /// What the log's kernel was asked for by command line or configuration: the board file has the rest.
  private static func pools(of boot: ExplainedBoot) throws -> GuestRequest.Pools {
    var pools = GuestRequest.Pools()
    let standard = boot.pools.first { $0.name == nil && $0.kind != .deviceTree }
    if let asked = boot.commandLineCMA.flatMap({ try? PoolRequest(parsing: $0) }) {
      pools.choose(.pool(asked))
    } else if let size = standard?.bytes {
      pools.choose(.pool(try PoolRequest(parsing: size.kernelArgument)))
      // With cma= the kernel would not look at the tree's own.
      if boot.pools.contains(where: { $0.kind == .deviceTree }) { pools.via = .kconfig }
    } else {
      pools.choose(.omitted)
    }
    return pools
  }
}
