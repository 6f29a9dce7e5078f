// SPDX-License-Identifier: Apache-2.0

import Yams

/// A place in a YAML file: a node, and the keys that led to it.
///
/// Whatever fails here knows where.
package struct NodeCursor {
  let node: Node
  /// `layouts.wide.banks[1]`; empty at the root.
  package let keyPath: String
  package let file: String

  package var line: Int { node.mark?.line ?? 1 }

  package func failure(_ message: String) -> YAMLFileError {
    YAMLFileError(file: file, line: line, keyPath: keyPath, message: message)
  }

  private func child(_ node: Node, key: String) -> NodeCursor {
    // The path shows a key that an untrusted file chose, so it is shown harmlessly.
    let isPlain = Self.isPlain(key)
    let step = isPlain ? key : "\(Quotation(key))"
    return NodeCursor(
      node: node, keyPath: keyPath.isEmpty ? step : "\(keyPath).\(step)", file: file)
  }

  /// Whether a key needs no quotes in a path: of a-z, 0-9 and '-'.
  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty && key.utf8.count <= 64
      && key.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  private func child(_ node: Node, index: Int) -> NodeCursor {
    NodeCursor(node: node, keyPath: "\(keyPath)[\(index)]", file: file)
  }
}

// MARK: - Mappings and sequences

extension NodeCursor {
  /// One key of a mapping: `key` stands on the key itself, `value` behind it, both on its path.
  package struct Entry {
    package let name: String
    package let key: NodeCursor
    package let value: NodeCursor
  }

  /// The entries of a mapping, in the order of the file.
  package func entries() throws(YAMLFileError) -> [Entry] {
    guard case .mapping(let mapping) = node else {
      throw failure("is \(kind), where a mapping belongs: write it as 'key: value' lines")
    }
    var entries: [Entry] = []
    for (keyNode, valueNode) in mapping {
      guard case .scalar(let scalar) = keyNode else {
        let place = NodeCursor(node: keyNode, keyPath: keyPath, file: file)
        throw place.failure("has a key that is \(place.kind): write keys as plain words")
      }
      entries.append(
        Entry(
          name: scalar.string, key: child(keyNode, key: scalar.string),
          value: child(valueNode, key: scalar.string)))
    }
    return entries
  }

  /// A mapping in which only some keys may stand.
  ///
  /// - Parameter refused: those of the keys that may not stand in this one.
  package func fields<Key: FileKey>(
    _ keys: Key.Type, without refused: [Key] = []
  ) throws(YAMLFileError) -> Fields<Key> {
    let entries = try entries()
    let refused = refused.map(\.rawValue)
    for entry in entries where Key(rawValue: entry.name) == nil || refused.contains(entry.name) {
      let known = Key.allCases.map(\.rawValue).filter { !refused.contains($0) }
      let remedy = NearestNames(to: entry.name, among: known).remedy
      throw entry.key.failure("there is no such key: \(remedy)")
    }
    return Fields(mapping: self, entries: entries)
  }

  /// The values of a mapping whose keys are known, by key.
  ///
  /// It asks nothing of the type of its keys, and has no dictionary or list of them: for each such type the
  /// runtime would look through all conformances of the program, which takes longer than to read a board.
  package struct Fields<Key> {
    fileprivate let mapping: NodeCursor
    fileprivate let entries: [Entry]
  }

  /// The elements of a sequence that has some; `example` shows how to write one.
  package func elements(example: String) throws(YAMLFileError) -> [NodeCursor] {
    guard case .sequence(let sequence) = node else {
      throw failure("is \(kind), where a list belongs: write it as '\(example)' lines")
    }
    guard !sequence.isEmpty else {
      throw failure("is an empty list: add at least one, as in '\(example)'")
    }
    return elementsOrNone
  }

  /// The elements of a sequence; none of anything else.
  package var elementsOrNone: [NodeCursor] {
    guard case .sequence(let sequence) = node else { return [] }
    return sequence.enumerated().map { child($0.element, index: $0.offset) }
  }

  package var isSequence: Bool {
    if case .sequence = node { true } else { false }
  }
}

extension NodeCursor.Fields where Key: FileKey {
  package func required(_ key: Key) throws(YAMLFileError) -> NodeCursor {
    if let value = optional(key) { return value }
    // All at once, so that a file is not asked for one key after the other.
    let missing = Key.allCases.filter { isMissing($0) || $0 == key }.map { "'\($0.rawValue):'" }
    let last = missing.last ?? ""
    let all = missing.dropLast().joined(separator: ", ")
    throw mapping.child(mapping.node, key: key.rawValue).failure(
      all.isEmpty ? "the key is missing: add \(last)" : "keys are missing: add \(all) and \(last)"
    )
  }

  private func isMissing(_ key: Key) -> Bool {
    optional(key) == nil && (key as? any DocumentedKey)?.isRequired == true
  }

  package func optional(_ key: Key) -> NodeCursor? {
    let name = key.rawValue
    return entries.first { $0.name == name }?.value
  }
}

extension NodeCursor {
  /// The elements of a sequence, or the one value that stands in its place.
  package func oneOrMore() throws(YAMLFileError) -> [NodeCursor] {
    guard case .sequence = node else { return [self] }
    return try elements(example: "- one a line")
  }
}

// MARK: - Walks over everything

extension NodeCursor {
  /// Refuses the first anchor.
  ///
  /// In the order of the file it comes before every alias of it, so this never walks into a copy.
  func refuseAnchors() throws(YAMLFileError) {
    if let anchor = node.anchor {
      throw failure(
        "has the YAML anchor \(Quotation("&" + anchor.rawValue)), and such files are read without "
          + "anchors and aliases: write the value out")
    }
    switch node {
    case .scalar, .alias: break
    case .mapping:
      for entry in try entries() {
        try entry.key.refuseAnchors()
        try entry.value.refuseAnchors()
      }
    case .sequence(let sequence):
      for (index, element) in sequence.enumerated() {
        try child(element, index: index).refuseAnchors()
      }
    }
  }

  /// The key called `name` in the mapping that also has a key at `mark`.
  func key(_ name: String, besideKeyAt mark: Mark) -> NodeCursor? {
    switch node {
    case .scalar, .alias: return nil
    case .mapping:
      guard let entries = try? entries() else { return nil }
      let isHere = entries.contains {
        $0.key.node.mark?.line == mark.line && $0.key.node.mark?.column == mark.column
      }
      if isHere { return entries.first { $0.name == name }?.key }
      return entries.lazy.compactMap { $0.value.key(name, besideKeyAt: mark) }.first
    case .sequence(let sequence):
      return sequence.enumerated().lazy
        .compactMap { child($0.element, index: $0.offset).key(name, besideKeyAt: mark) }.first
    }
  }

  /// With its article, for messages.
  private var kind: String {
    switch node {
    case .scalar(let scalar):
      scalar.string.isEmpty ? "empty" : "the text \(Quotation(scalar.string))"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}

// MARK: - Scalars

extension NodeCursor {
  private func scalar(_ wanted: String) throws(YAMLFileError) -> String {
    guard case .scalar(let scalar) = node else {
      throw failure("is \(kind), where \(wanted) belongs: write one")
    }
    guard !scalar.string.isEmpty else { throw failure("is empty: write \(wanted)") }
    return scalar.string
  }

  /// Text for people: one line, whatever line breaks the YAML had, and printable.
  package func text() throws(YAMLFileError) -> String {
    let text = try scalar("a text").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !text.isEmpty else { throw failure("is blank: write a text") }
    guard !text.unicodeScalars.contains(where: Quotation.isUnprintable) else {
      throw failure("\(Quotation(text)) has a control character: remove it")
    }
    return text
  }

  /// One word of the characters that `isAllowed` takes; `rule` says which those are.
  package func word(_ wanted: String, rule: String, isAllowed: (String) -> Bool)
    throws(YAMLFileError) -> String
  {
    let word = try scalar(wanted)
    guard isAllowed(word) else {
      throw failure("\(Quotation(word)) is not \(wanted): use \(rule)")
    }
    return word
  }

  /// One of the cases of an enumeration, by its raw value.
  package func choice<Choice>(_ wanted: String, of type: Choice.Type = Choice.self)
    throws(YAMLFileError) -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    let word = try scalar(wanted)
    if let choice = Choice(rawValue: word) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    throw failure("\(Quotation(word)) is not \(wanted): use \(known.joined(separator: " or "))")
  }

  /// A decimal number within `range`.
  package func count(in range: ClosedRange<Int>, because limit: String) throws(YAMLFileError) -> Int
  {
    let digits = try scalar("a number")
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int(digits), range.contains(count)
    else {
      throw failure(
        "\(Quotation(digits)) is not a number from \(range.lowerBound) to \(range.upperBound) "
          + "(\(limit)): write one")
    }
    return count
  }
}
