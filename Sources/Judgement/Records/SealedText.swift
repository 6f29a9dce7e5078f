// SPDX-License-Identifier: Apache-2.0

import Digests

/// JSON that has the SHA-256 of its own text in it, so that a byte that has changed is noticed.
///
/// The digest is the first member of the document's object, and covers all that follows it: what
/// `tail -n +3 record.json | sha256sum` prints, of a document that is indented. Who edits a record
/// can also make its digest anew: it tells of damage, and of edits that were not meant to deceive.
struct SealedText {
  private static let key = "digest"
  private static let digestLength = 2 * SHA256Digest.size

  /// What is before the digest, and after it: `{"digest":"`, and `",`.
  private let head: [UInt8]
  private let tail: [UInt8]

  /// A document of several lines, as ``JSONText/document(_:)`` indents it.
  static let document = SealedText(head: "{\n  \"\(key)\" : \"", tail: "\",\n")
  /// A document of one line.
  static let line = SealedText(head: "{\"\(key)\":\"", tail: "\",")

  private init(head: String, tail: String) {
    self.head = Array(head.utf8)
    self.tail = Array(tail.utf8)
  }

  /// The same object with its digest.
  ///
  /// - Parameter text: an object with a member, in the form that this seal is of.
  func seal(_ text: [UInt8]) -> [UInt8] {
    let opening = head.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") }
    precondition(text.starts(with: opening), "not an object in this form")
    let rest = Array(text.dropFirst(opening.count))
    return head + Array(SHA256Digest(of: rest).hexadecimal.utf8) + tail + rest
  }

  /// Whether the text has a digest.
  ///
  /// - Throws: `RecordDamage` where it is not the text's.
  func isSealed(_ text: some Collection<UInt8>) throws(RecordDamage) -> Bool {
    guard text.starts(with: head) else { return false }
    let digest = text.dropFirst(head.count).prefix(Self.digestLength)
    let rest = text.dropFirst(head.count + Self.digestLength)
    guard rest.starts(with: tail),
      SHA256Digest(of: Array(rest.dropFirst(tail.count))).hexadecimal.utf8.elementsEqual(digest)
    else {
      throw RecordDamage("it is not the text that was written: its SHA-256 is another one")
    }
    return true
  }
}

extension RunRecord {
  /// cmalab 0.1.0 gave its records no digest, and neither did what came before it.
  var isOlderThanDigests: Bool { made.map { $0.cmalab == "0.1.0" } ?? true }

  /// - Throws: `RecordDamage` for the text of a record that has lost its digest.
  func expectSeal(_ isSealed: Bool) throws(RecordDamage) {
    guard isSealed || isOlderThanDigests else {
      throw RecordDamage("its digest is missing")
    }
  }
}
