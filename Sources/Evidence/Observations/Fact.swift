// SPDX-License-Identifier: Apache-2.0

// What a guest said of its memory, as typed facts: each with the console line that it came from.
// Nothing here judges; a source that is absent or unreadable is said to be so.

import Transcripts

/// Where a fact was read.
package struct Evidence: Hashable, Sendable, Codable {
  /// The record's name (`meminfo`, `kernel-log`, …), or `console` for a bare console line.
  package let source: String
  /// The line of the console log, counted from 1.
  package let line: Int
  /// The line as the guest printed it.
  package let text: String

  package init(source: String, line: Int, text: String) {
    self.source = source
    self.line = line
    self.text = text
  }

  init(_ record: GuestRecord, _ line: GuestRecord.Line) {
    self.init(source: record.name, line: line.consoleLine, text: line.text)
  }
}

/// A value that the guest gave, with where it gave it.
package struct Fact<Value: Hashable & Sendable>: Hashable, Sendable {
  package let value: Value
  package let evidence: Evidence

  package init(_ value: Value, _ evidence: Evidence) {
    self.value = value
    self.evidence = evidence
  }
}
