// SPDX-License-Identifier: Apache-2.0

// Boot logs of real boards, made over, each with the right answers: see Cases/README.md.

package import Foundation

/// A folder of Cases/.
package struct BoardLogCase: Sendable, CustomStringConvertible {
  package let name: String

  package var description: String { name }

  /// Every case, by name.
  package static let all: [BoardLogCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? []
    return names.sorted().filter { !$0.hasSuffix(".md") }.map { BoardLogCase(name: $0) }
  }()

  private static var cases: URL { Bundle.module.bundleURL.appending(path: "Cases") }

  /// Of a file in the folder, whether or not it is there.
  package func url(_ file: String) -> URL {
    Self.cases.appending(path: name).appending(path: file)
  }

  /// The capture.
  package var log: [UInt8] {
    get throws { [UInt8](try Data(contentsOf: url("console.log"))) }
  }

  /// Whether there is a device tree.
  package var hasTree: Bool { FileManager.default.fileExists(atPath: url("board.dts").path) }

  /// The right answers, one a boot.
  package var expected: [ExpectedBoot] {
    get throws {
      let data = try Data(contentsOf: url("expected.json"))
      let decoder = JSONDecoder()
      if let several = try? decoder.decode(Boots.self, from: data) { return several.boots }
      return [try decoder.decode(ExpectedBoot.self, from: data)]
    }
  }

  private struct Boots: Decodable {
    let boots: [ExpectedBoot]
  }
}

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
    replay: String, cause: String?, remedy: String?
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
