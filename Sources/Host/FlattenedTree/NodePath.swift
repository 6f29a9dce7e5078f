// SPDX-License-Identifier: Apache-2.0

/// A node's full path, `/cpus/cpu@0`; `/` is the root.
///
/// Paths are the only handles on nodes: libfdt's offsets move with every write. Names are compared
/// whole: `/memory` does not find `memory@0`, unlike libfdt's own look-up.
package struct NodePath: Hashable, Sendable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package static let root = NodePath("/")

  /// The path of a child, which need not exist.
  package func child(_ name: String) -> NodePath {
    NodePath(text == "/" ? "/\(name)" : "\(text)/\(name)")
  }

  /// The path of a property, as dtc writes it: `/chosen:bootargs`.
  package func property(_ name: String) -> String { "\(text):\(name)" }

  /// The names from the root down, as bytes; nil for a text that is no full path.
  var components: [Substring.UTF8View]? {
    guard text != "/" else { return [] }
    let slash = UInt8(ascii: "/")
    guard text.utf8.first == slash else { return nil }
    let names = text.utf8.dropFirst().split(separator: slash, omittingEmptySubsequences: false)
    return names.contains { $0.isEmpty } ? nil : names
  }
}

extension NodePath: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self.init(text) }
}

extension NodePath: CustomStringConvertible {
  package var description: String { text }
}
