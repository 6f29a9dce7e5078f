// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

extension RunRecord {
  /// Reads a record back, and judges it again.
  ///
  /// - Throws: `RecordDamage` for what is not a record of this schema, for one that contradicts
  ///   itself, for one with numbers that no run has, and for one whose text has changed since.
  package init(json: some DataProtocol) throws(RecordDamage) {
    let isSealed = try SealedText.document.isSealed(json)
    let record = try JSONText.read(RunRecord.self, from: json)
    try record.check()
    try record.expectSeal(isSealed)
    self = record
  }

  /// The record as it is written to disk and to `--format json`.
  ///
  /// - Throws: `EncodingError`.
  package func json() throws -> String {
    let text = Array(try JSONText.document(self).utf8)
    return String(decoding: SealedText.document.seal(text), as: UTF8.self)
  }

  /// - Throws: `RecordDamage`
  func check() throws(RecordDamage) {
    guard schema == Self.currentSchema else {
      throw RecordDamage("its schema is '\(schema)', and '\(Self.currentSchema)' is read here")
    }
    if let fault = boundsFault ?? verdictFault { throw RecordDamage(fault) }
  }

  /// The verdict follows from checks, tests and ending; a record that has another one was edited.
  private var verdictFault: String? {
    let (due, ground) = Verdict.due(ending: ending.kind, checks: checks, tests: tests)
    guard due != verdict else { return nil }
    return "its verdict is \(verdict.rawValue), and \(ground.words) make it \(due.rawValue)"
  }
}
