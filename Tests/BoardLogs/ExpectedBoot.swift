// SPDX-License-Identifier: Apache-2.0

/// One boot of a case's expected.json, as it stands there.
package struct ExpectedBoot: Decodable, Hashable, Sendable {
  package struct Bank: Codable, Hashable, Sendable {
    package var start: String
    package var end: String

    package init(start: String, end: String) {
      self.start = start
      self.end = end
    }
  }

  package struct Pool: Codable, Hashable, Sendable {
    package var name: String?
    package var base: String?
    package var bytes: UInt64?
    package var kind: String
    package var outcome: String

    package init(
      name: String?, base: String?, bytes: UInt64?, kind: String, outcome: String
    ) {
      self.name = name
      self.base = base
      self.bytes = bytes
      self.kind = kind
      self.outcome = outcome
    }
  }

  package var kernelRelease: String?
  package var machine: String?
  package var architecture: String?
  package var pageSizeBytes: UInt64?
  package var banks: [Bank]?
  package var commandLineCMA: String?
  package var pools: [Pool]
  package var cmaTotalBytes: UInt64?
  package var replay: String
  package var cause: String?
  package var remedy: String?

  package init(
    kernelRelease: String?, machine: String?, architecture: String?, pageSizeBytes: UInt64?,
    banks: [Bank]?, commandLineCMA: String?, pools: [Pool], cmaTotalBytes: UInt64?,
    replay: String = "", cause: String? = nil, remedy: String? = nil
  ) {
    self.kernelRelease = kernelRelease
    self.machine = machine
    self.architecture = architecture
    self.pageSizeBytes = pageSizeBytes
    self.banks = banks
    self.commandLineCMA = commandLineCMA
    self.pools = pools
    self.cmaTotalBytes = cmaTotalBytes
    self.replay = replay
    self.cause = cause
    self.remedy = remedy
  }
}

extension ExpectedBoot {
  /// What is read off the log: without the sentences, whose meaning counts.
  package var facts: ExpectedBoot {
    var facts = self
    facts.replay = ""
    facts.cause = nil
    facts.remedy = nil
    return facts
  }

  /// What a harmed log claims and the whole one does not: missing is right.
  package func claims(beyond whole: ExpectedBoot) -> [String] {
    var claims: [String] = []
    func look<Value: Equatable>(_ what: String, _ path: KeyPath<ExpectedBoot, Value?>) {
      let claimed = self[keyPath: path]
      if claimed != nil, claimed != whole[keyPath: path] { claims.append(what) }
    }
    look("release", \.kernelRelease)
    look("machine", \.machine)
    look("architecture", \.architecture)
    look("page size", \.pageSizeBytes)
    look("banks", \.banks)
    look("cma=", \.commandLineCMA)
    look("cma-reserved", \.cmaTotalBytes)
    for pool in pools where !whole.pools.contains(where: { pool.isPart(of: $0) }) {
      claims.append("pool \(pool)")
    }
    return claims
  }
}

extension ExpectedBoot.Pool {
  /// Whether nothing is said of a pool that is not so.
  fileprivate func isPart(of whole: ExpectedBoot.Pool) -> Bool {
    func agree<Value: Equatable>(_ path: KeyPath<ExpectedBoot.Pool, Value?>) -> Bool {
      self[keyPath: path] == nil || self[keyPath: path] == whole[keyPath: path]
    }
    return agree(\.name) && agree(\.base) && agree(\.bytes)
      && (kind == whole.kind || ["default", "unknown"].contains(kind))
      && (outcome == whole.outcome || whole.outcome == "not-activated")
  }
}
