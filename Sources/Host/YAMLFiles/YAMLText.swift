// SPDX-License-Identifier: Apache-2.0

import Yams

/// The YAML of a file, composed into nodes that are safe to walk.
///
/// Walking is bounded: Yams puts a copy of the anchored node where an alias stands, so a few lines
/// of aliases to aliases can stand for billions of nodes. The files here need no aliases, and one
/// that has an anchor is refused before anything is read from behind it. libyaml itself stops at
/// a depth of 1000 (parser.c, MAX_NESTING_LEVEL).
package struct YAMLText {
  let file: String
  let yaml: String

  /// - Parameter file: its name, for messages.
  package init(file: String, yaml: String) {
    self.file = file
    self.yaml = yaml
  }

  /// - Throws: `YAMLFileError` with the line that is not UTF-8.
  package init(file: String, bytes: [UInt8]) throws(YAMLFileError) {
    guard let yaml = String(validating: bytes, as: UTF8.self) else {
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let culprit = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
      throw YAMLFileError(
        file: file, line: culprit + 1, keyPath: "",
        message: "the line is not UTF-8: save the file as UTF-8 text")
    }
    self.init(file: file, yaml: yaml)
  }

  /// The most aliases that Yams may meet before this type refuses the first anchor.
  ///
  /// Yams hashes keys while it composes, and a key may be an alias: their number bounds the time of
  /// that. Text that merely looks like an alias counts as well, hence not zero.
  private static let mostAliases = 8

  /// The document's root.
  package func root() throws(YAMLFileError) -> NodeCursor {
    guard aliasCount <= Self.mostAliases else {
      throw failure(1, "more than \(Self.mostAliases) YAML aliases ('*name'): write the values out")
    }
    // Nodes hold their anchor weakly, and the parser is what keeps it: it has to outlive the walk.
    let composed: (parser: Parser, root: Node?)
    do {
      let parser = try Self.parser(of: yaml)
      composed = (parser, try parser.singleRoot())
    } catch let error as YamlError {
      throw failure(for: error)
    } catch {
      throw failure(1, "cannot be read as YAML: \(error)")
    }
    guard let node = composed.root else {
      throw failure(1, "the file is empty: start it with 'name:'")
    }
    let root = NodeCursor(node: node, keyPath: "", file: file)
    try withExtendedLifetime(composed.parser) { () throws(YAMLFileError) in
      try root.refuseAnchors()
    }
    return root
  }

  /// A parser that looks for no types: ``NodeCursor`` reads scalars as what the field wants. The rules
  /// for them are regular expressions, and to compile those takes as long as to read a board's file.
  private static func parser(of yaml: String) throws -> Parser {
    try Parser(yaml: yaml, resolver: .basic, encoding: .utf8)
  }

  private var aliasCount: Int {
    var count = 0
    var atToken = true
    var afterStar = false
    for byte in yaml.utf8 {
      if afterStar, byte > UInt8(ascii: " ") { count += 1 }
      afterStar = atToken && byte == UInt8(ascii: "*")
      atToken = byte <= UInt8(ascii: " ") || "[{,?:-".utf8.contains(byte)
    }
    return count
  }

  private func failure(_ line: Int, _ message: String, at keyPath: String = "") -> YAMLFileError {
    YAMLFileError(file: file, line: line, keyPath: keyPath, message: message)
  }
}

// MARK: - What Yams refuses

extension YAMLText {
  private func failure(for error: YamlError) -> YAMLFileError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let phrase = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
      return failure(
        mark.line,
        "no valid YAML at column \(mark.column), \(phrase): correct the syntax, or quote the text")
    case .reader(let problem, _, let value, _):
      // Yams counts the offset of this one in characters that may span several code points.
      let scalars = yaml.unicodeScalars
      let culprit = scalars.firstIndex { Int64($0.value) == Int64(value) } ?? scalars.startIndex
      let line = 1 + scalars[..<culprit].count { $0 == "\n" }
      return failure(line, "no valid YAML, \(problem): remove the character")
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicateFailure(of: keys.first ?? "", first: context.mark)
    default:
      return failure(1, "cannot be read as YAML: \(error)")
    }
  }

  /// Yams tells where a repeated key stands first, and composes nothing that could tell its path:
  /// so the text is composed once more with that key renamed, and the key looked up by its mark.
  private func duplicateFailure(of key: String, first mark: Mark) -> YAMLFileError {
    var lines = yaml.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    let unknown = failure(mark.line, "is given twice: keep one of them", at: key)
    guard lines.indices.contains(mark.line - 1) else { return unknown }
    var line = String.UnicodeScalarView(lines[mark.line - 1].unicodeScalars)
    guard mark.column - 1 <= line.count else { return unknown }
    let place = line.index(line.startIndex, offsetBy: mark.column - 1)
    line.insert(contentsOf: "renamed-".unicodeScalars, at: place)
    lines[mark.line - 1] = String(line)

    guard
      let node = try? Self.parser(of: lines.joined(separator: "\n")).singleRoot(),
      let second = NodeCursor(node: node, keyPath: "", file: file).key(key, besideKeyAt: mark)
    else { return unknown }
    return second.failure("is given twice, first in line \(mark.line): keep one of them")
  }
}
