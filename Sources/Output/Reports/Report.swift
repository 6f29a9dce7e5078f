// SPDX-License-Identifier: Apache-2.0

// Reports: records, written for people and for their tools. Nothing here decides anything, it only
// shows. A format is one file and its line in Formats.swift; help, completion and tests follow.

/// A format in which something can be shown.
package protocol Report<Subject>: Sendable {
  associatedtype Subject: Sendable

  /// What `--format` calls it.
  static var name: String { get }
  /// For whom or what it is, for the help: `for a terminal`.
  static var purpose: String { get }

  /// - Parameter style: of whatever is drawn as text.
  init(_ subject: Subject, style: AddressMap.Style)

  /// The whole of it, its last line ended by a newline.
  var document: String { get throws }
}

extension Report {
  /// In the style that is safe in any log.
  package init(_ subject: Subject) { self.init(subject, style: AddressMap.Style()) }
}

/// A format of `Subject`, by its name.
package struct ReportFormat<Subject: Sendable>: Sendable {
  package let name: String
  package let purpose: String
  private let make: @Sendable (Subject, AddressMap.Style) throws -> String

  init<Format: Report>(_ format: Format.Type) where Format.Subject == Subject {
    name = format.name
    purpose = format.purpose
    make = { try format.init($0, style: $1).document }
  }

  package func document(of subject: Subject, style: AddressMap.Style) throws -> String {
    try make(subject, style)
  }
}

/// What can be shown.
package protocol Reportable: Sendable {
  /// Every format, the usual one first.
  static var formats: [ReportFormat<Self>] { get }
}
