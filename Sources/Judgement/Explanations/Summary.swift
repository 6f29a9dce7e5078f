// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

/// The answer: who asked for a pool, what came of it, and why.
struct Summary {
  let text: String

  init(_ view: BoardView, _ findings: [ExplainedBoot.Finding]) {
    let pools = Self.clauses(view)
    let untold = view.untoldPools.map {
      ["\($0.asKernelWrites) of it are in pools that the log does not name"]
    }
    let told =
      pools.isEmpty ? Self.nothing(view) : (pools + (untold ?? [])).joined(separator: "; ")
    let total = view.boot.memory?.value.pools.map { "CmaTotal \($0.asTotal): " }
    // A parameter keeps its spelling.
    let beginsWithParameter =
      total == nil && view.pools.first.flatMap { Self.argument(of: $0.pool, view) } != nil
    let answer = (total ?? "") + told
    text =
      (beginsWithParameter ? answer : answer.capitalizedFirst) + ". " + Self.reason(findings)
  }

  /// The cause of the first finding, and how many more there are.
  private static func reason(_ findings: [ExplainedBoot.Finding]) -> String {
    guard let first = findings.first else { return "The log shows nothing wrong." }
    let more = findings.count { $0.isFault } - 1
    guard more > 0 else { return first.cause }
    return first.cause + (more == 1 ? " One more thing is" : " \(more) more things are") + " wrong."
  }

  private static func nothing(_ view: BoardView) -> String {
    if view.boot.memory?.value.pools == .zero { return "there is no pool" }
    guard let line = view.boot.unread.first else {
      return "the log has no word of a pool or of its refusal"
    }
    return "the log speaks of CMA in words that are not known here (line \(line.number))"
  }

  // MARK: Pools

  /// Pools that are named at most; the others are counted.
  private static let limit = 4

  private static func clauses(_ view: BoardView) -> [String] {
    let clauses = view.pools.prefix(limit).map { clause($0, view) }
    let rest = view.pools.count - clauses.count
    return rest > 0 ? clauses + ["\(rest) more pools"] : clauses
  }

  private static func clause(_ pool: BoardView.ViewedPool, _ view: BoardView) -> String {
    let size = pool.pool.size?.asKernelWrites
    let who = asker(pool.pool, view)
    switch pool.pool.outcome {
    case .reserved:
      return "\(who) got \(size ?? "a pool")" + place(pool.pool)
    case .refused:
      return size.map { "\(who) asked for \($0) and was refused" } ?? "\(who) was refused"
    case .notActivated:
      return "\(who) got \(size ?? "a pool")" + place(pool.pool)
        + ", which the kernel gave up again"
    case .bypassed:
      return "\(who) was bypassed"
    }
  }

  private static func place(_ pool: LoggedBoot.Pool) -> String {
    pool.base.map { " at \($0)" }
      ?? (pool.isDoubted
        ? " (the log's address cannot be relied on)" : " (the log does not say where)")
  }

  private static func asker(_ pool: LoggedBoot.Pool, _ view: BoardView) -> String {
    if let name = pool.name { return "the node '\(name)'" }
    switch pool.kind {
    case .commandLine: return argument(of: pool, view) ?? "the command line"
    case .kconfig: return "the kernel's configuration"
    case .deviceTree: return "a node of the device tree"
    case .standard: return "the default pool, asked for by the command line or the configuration,"
    case .unknown: return "a pool that somebody asked for"
    }
  }

  /// `cma=…`, of the pool that the command line asks for without naming it.
  private static func argument(of pool: LoggedBoot.Pool, _ view: BoardView) -> String? {
    guard pool.name == nil, pool.kind == .commandLine else { return nil }
    return view.boot.commandLine?.value.poolArgument.map { "cma=\($0)" }
  }
}
