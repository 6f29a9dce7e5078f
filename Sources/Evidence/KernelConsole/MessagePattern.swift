// SPDX-License-Identifier: Apache-2.0

/// A kernel's format string, each conversion in it written as `*`, which stands for any text.
package struct MessagePattern: Hashable, Sendable, ExpressibleByStringLiteral {
  /// What stands between the wildcards: one piece more than there are wildcards.
  private let pieces: [String]

  package init(stringLiteral text: String) {
    pieces = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
  }

  /// What every such message begins with.
  package var head: String { pieces[0] }
  var wildcardCount: Int { pieces.count - 1 }

  /// What stands for each `*`; nil where the message is another one.
  func captures(in text: Substring) -> [Substring]? {
    guard text.hasPrefix(head) else { return nil }
    var rest = text.dropFirst(head.count)
    var captures: [Substring] = []
    for (index, piece) in pieces.enumerated().dropFirst() {
      if index == pieces.count - 1 {
        guard rest.hasSuffix(piece) else { return nil }
        captures.append(rest.dropLast(piece.count))
        return captures
      }
      guard let place = rest.firstRange(of: piece) else { return nil }
      captures.append(rest[..<place.lowerBound])
      rest = rest[place.upperBound...]
    }
    return rest.isEmpty ? captures : nil
  }
}
