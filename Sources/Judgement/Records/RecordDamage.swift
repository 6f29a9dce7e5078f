// SPDX-License-Identifier: Apache-2.0

/// Why something that was read is not believed: it counts as not there, and what is beside it
/// stands.
package struct RecordDamage: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where it was read: `record.json`, `results.jsonl, line 3`; nil where the reader knows.
  package let place: String?
  /// What is wrong: `its verdict is pass, and its check cma.total failed`.
  package let fault: String

  package init(_ fault: String, in place: String? = nil) {
    self.place = place
    self.fault = fault
  }

  /// Of an error of `JSONDecoder`'s.
  init(_ error: any Error) {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      self.init("'\(Self.path(context.codingPath + [key]))' is missing")
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      self.init("'\(Self.path(context.codingPath))' has another type")
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      self.init("'\(Self.path(context.codingPath))': \(context.debugDescription)")
    default:
      self.init("it is not JSON, or cut short")
    }
  }

  /// The same, read at a place.
  func at(_ place: String) -> RecordDamage { RecordDamage(fault, in: place) }

  /// The same, told by the folder that it was read in.
  package func within(_ folder: String) -> RecordDamage {
    RecordDamage(fault, in: place.map { "\(folder)/\($0)" } ?? folder)
  }

  /// `checks[2].source[0].line`
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }

  package var description: String { (place.map { "\($0): " } ?? "") + fault }
}
