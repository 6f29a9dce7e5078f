// SPDX-License-Identifier: Apache-2.0

/// The keys of one kind of mapping, each a case: what is not one of them is refused.
package protocol FileKey: RawRepresentable<String>, CaseIterable, Equatable, Sendable {}

/// Keys that users write, and what is said of each. A case without its words does not compile, so the
/// reference that is made of them lacks none.
package protocol DocumentedKey: FileKey {
  /// Where such a mapping stands: `layouts.NAME.banks[]`; empty for the whole file.
  static var place: String { get }
  var isRequired: Bool { get }
  /// What to write behind it: `a size`.
  var form: String { get }
  /// What it is for, as the end of a sentence that begins with it.
  var purpose: String { get }
}

/// Every key that a kind of file may have, to be read.
package struct FileReference: Hashable, Sendable {
  package struct Key: Hashable, Sendable {
    package let name: String
    package let isRequired: Bool
    package let form: String
    package let purpose: String
  }

  /// The keys of one mapping.
  package struct Mapping: Hashable, Sendable {
    package let place: String
    package let keys: [Key]

    package init<Keys: DocumentedKey>(_ keys: Keys.Type) {
      place = keys.place
      self.keys = keys.allCases.map {
        Key(name: $0.rawValue, isRequired: $0.isRequired, form: $0.form, purpose: $0.purpose)
      }
    }
  }

  /// What such a file is called: `board`.
  package let kind: String
  /// The command that prints this, without the tool's name.
  package let command: String
  package let summary: String
  /// A file that is whole.
  package let example: String
  package let mappings: [Mapping]

  package init(
    kind: String, command: String, summary: String, example: String, mappings: [Mapping]
  ) {
    self.kind = kind
    self.command = command
    self.summary = summary
    self.example = example
    self.mappings = mappings
  }
}
