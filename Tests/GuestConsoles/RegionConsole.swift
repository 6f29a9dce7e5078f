// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The console log of a real guest with regions of reserved-memory that compete, touch or have names
/// of the kernel's own, with what was asked of it and what the kernel's log says became of each.
package struct RegionConsole: Sendable, CustomStringConvertible {
  package struct Expected: Sendable, Decodable {
    package struct Region: Sendable, Decodable {
      package let kind: String
      package let base: String?
      package let bytes: UInt64?
    }

    package let verdict: String
    /// The checks that do not pass.
    package let failed: [String]
    /// By node.
    package let regions: [String: Region]
  }

  /// `5.10-twins`: the kernel line, and the layout.
  package let name: String
  package let bytes: [UInt8]
  /// A `RunRequest` as a record has it.
  package let request: [UInt8]
  package let expected: Expected

  package var description: String { name }

  private struct Sidecar: Decodable {
    let expected: Expected
  }

  private static let folder = "Fixtures/regions"

  package init(_ name: String) throws {
    func file(_ kind: String) throws -> Data {
      guard
        let url = Bundle.module.url(
          forResource: name, withExtension: kind, subdirectory: Self.folder)
      else { throw CocoaError(.fileNoSuchFile) }
      return try Data(contentsOf: url)
    }
    self.name = name
    bytes = Array(try file("log"))
    let sidecar = try file("json")
    expected = try JSONDecoder().decode(Sidecar.self, from: sidecar).expected
    let whole = try JSONSerialization.jsonObject(with: sidecar) as? [String: Any]
    request = Array(
      try JSONSerialization.data(withJSONObject: whole?["request"] ?? [String: Any]()))
  }

  /// Every console of the folder, by name.
  package static var names: [String] {
    let urls = Bundle.module.urls(forResourcesWithExtension: "log", subdirectory: folder) ?? []
    return urls.compactMap { $0.deletingPathExtension?.lastPathComponent }.sorted()
  }
}
