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
