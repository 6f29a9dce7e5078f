// SPDX-License-Identifier: Apache-2.0
import BoardLogs
import BootLogs
import Quantities

/// What a log says, in the words of a case's expected.json.
struct LoggedFacts: Hashable {
  var kernelRelease: String?
  var machine: String?
  var architecture: String?
  var pageSizeBytes: UInt64?
  var banks: [ExpectedBoot.Bank]?
  var commandLineCMA: String?
  var pools: [ExpectedBoot.Pool]
  var cmaTotalBytes: UInt64?

  init(_ boot: LoggedBoot) {
    kernelRelease = boot.release?.value
    machine = boot.machine?.value
    architecture = boot.architecture?.value.rawValue
    pageSizeBytes = boot.pageSize?.value.size.bytes
    banks = boot.banks?.value.map {
      ExpectedBoot.Bank(start: $0.start.description, end: $0.last.description)
    }
    commandLineCMA = boot.commandLine?.value.poolArgument
    pools = boot.pools.map(\.value).map {
      ExpectedBoot.Pool(
        name: $0.name, base: $0.base?.description, bytes: $0.size?.bytes,
        kind: $0.kind.rawValue, outcome: $0.outcome.rawValue)
    }
    cmaTotalBytes = boot.memory?.value.pools?.bytes
  }

  init(_ expected: ExpectedBoot) {
    kernelRelease = expected.kernelRelease
    machine = expected.machine
    architecture = expected.architecture
    pageSizeBytes = expected.pageSizeBytes
    banks = expected.banks
    commandLineCMA = expected.commandLineCMA
    pools = expected.pools
    cmaTotalBytes = expected.cmaTotalBytes
  }

  static func of(_ log: [UInt8]) -> [LoggedFacts] { BootLog(log).boots.map(LoggedFacts.init) }

  /// What a harmed log claims and the whole one does not: missing is right.
  func claims(beyond whole: LoggedFacts) -> [String] {
    var claims: [String] = []
    func look<Value: Equatable>(_ what: String, _ path: KeyPath<LoggedFacts, Value?>) {
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
