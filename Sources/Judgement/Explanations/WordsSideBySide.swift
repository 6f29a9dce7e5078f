// SPDX-License-Identifier: Apache-2.0

package import BootLogs
package import Records

/// What a board's log says, and what the log of a guest with its layout says.
package struct WordsSideBySide {
  /// RAM, zones, and how much all pools have, as far as the board's log tells them.
  package let statements: [ReproducedBoot.Statement]
  /// Each pool of the board's beside the guest's of the same node, then those of the guest alone.
  package let pools: [ReproducedBoot.Pool]

  /// - Parameters:
  ///   - log: the name of the board's log.
  ///   - guestLog: the name of the guest's.
  package init(
    of board: LoggedBoot, in log: String, and guest: LoggedBoot, in guestLog: String
  ) {
    func statement<Value>(
      _ what: String, agrees: Bool, _ logged: [Logged<Value>], _ others: [Logged<Value>]
    ) -> ReproducedBoot.Statement? {
      guard !logged.isEmpty else { return nil }
      return ReproducedBoot.Statement(
        what: what, agrees: agrees, logLines: logged.flatMap(\.lines).sources(in: log),
        guestLines: others.flatMap(\.lines).sources(in: guestLog))
    }
    statements = [
      statement(
        "RAM", agrees: board.banks?.value == guest.banks?.value, board.banks.asList,
        guest.banks.asList),
      statement(
        "zones", agrees: board.zones.map(\.value) == guest.zones.map(\.value), board.zones,
        guest.zones),
      board.memory?.value.pools == nil
        ? nil
        : statement(
          "cma-reserved", agrees: board.memory?.value.pools == guest.memory?.value.pools,
          board.memory.asList, guest.memory.asList),
    ].compactMap(\.self)
    var rest = guest.pools
    let known = board.pools.map { pool in
      let index =
        rest.firstIndex { $0.value.name == pool.value.name }
        ?? rest.firstIndex { $0.value.stem != nil && $0.value.stem == pool.value.stem }
      let other = index.map { rest.remove(at: $0) }
      return ReproducedBoot.Pool(
        name: pool.value.name, agrees: other.map { pool.value.agrees(with: $0.value) } ?? false,
        guest: other?.value.range, logLines: pool.lines.sources(in: log),
        guestLines: (other?.lines ?? []).sources(in: guestLog))
    }
    pools =
      known
      + rest.map {
        ReproducedBoot.Pool(
          name: $0.value.name, agrees: false, guest: $0.value.range, logLines: [],
          guestLines: $0.lines.sources(in: guestLog))
      }
  }
}

extension Optional {
  fileprivate var asList: [Wrapped] { map { [$0] } ?? [] }
}

extension LoggedBoot.Pool {
  /// The node's name without its unit address, which a board file does not keep.
  fileprivate var stem: Substring? {
    name.map { $0.prefix { $0 != "@" } }
  }

  /// Whether another one is told of in the same way, as far as this one is.
  fileprivate func agrees(with other: LoggedBoot.Pool) -> Bool {
    outcome == other.outcome && (base == nil || base == other.base)
      && (size == nil || size == other.size)
  }
}
