// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostFiles
import SystemPackage

/// What a device-tree source has dtc read beside itself, `/include/` and `/incbin/`, held to the
/// source's own folder: a source from elsewhere must not bring any file of this machine into a guest.
///
/// The words are found as dtc's lexer finds them (dtc-lexer.l): outside of strings and comments.
package struct SourceIncludes {
  /// The deepest chain that dtc follows (srcpos.c, MAX_SRCFILE_DEPTH).
  static let maximumDepth = 200
  /// A file that is taken in is no larger than a tree may be, in bytes.
  static let maximumFileBytes = 16 << 20
  /// All files together.
  private static let maximumFileCount = 1000

  /// A directive, and the file that it names, as the source writes it.
  package struct Directive: Hashable, Sendable {
    enum Kind: String {
      case include = "/include/"
      case binary = "/incbin/"
    }

    let kind: Kind
    let name: String
    /// Counted from 1.
    let line: Int
  }

  private let folder: FilePath
  private var seen: Set<FilePath> = []

  /// - Parameter folder: the only one, with what is below it, from which files may be taken.
  init(within folder: FilePath) {
    self.folder = folder.isEmpty ? "." : folder
  }

  /// Follows every directive of a source.
  ///
  /// - Parameters:
  ///   - file: what messages call it.
  ///   - base: the folder that dtc looks into first.
  /// - Throws: `SourceIncludeError` for a file outside of the folder, or one that is not a regular
  ///   file; a file that is not there is left to dtc, whose words name it.
  mutating func check(_ source: [UInt8], of file: FilePath, in base: FilePath, depth: Int = 0)
    throws
  {
    for directive in Self.directives(of: source) {
      func refuse(_ reason: String) -> SourceIncludeError {
        SourceIncludeError(file: file, directive: directive, reason: reason)
      }
      guard depth < Self.maximumDepth else { throw refuse("files include each other too deep") }
      guard !directive.name.contains("\\") else { throw refuse("its name has a backslash") }
      for place in [base, folder] {
        let path = place.pushing(FilePath(directive.name))
        guard HostFile.exists(path) else { continue }
        guard let real = Self.real(path), let root = Self.real(folder), real.starts(with: root)
        else {
          throw refuse("it is outside of \(folder): put a copy beside the source")
        }
        guard seen.count < Self.maximumFileCount else { throw refuse("there are too many files") }
        // Not a device or a FIFO, either.
        let bytes = try HostFile.read(real, limit: Self.maximumFileBytes)
        if directive.kind == .include, seen.insert(real).inserted {
          try check(bytes, of: path, in: path.removingLastComponent(), depth: depth + 1)
        }
        break
      }
    }
  }

  private static func real(_ path: FilePath) -> FilePath? {
    guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }

  // MARK: The lexer

  package static func directives(of source: [UInt8]) -> [Directive] {
    var lexer = Lexer(source: source)
    return lexer.directives()
  }
}

/// The little of dtc's lexer that tells directives from text.
private struct Lexer {
  let source: [UInt8]
  private var index = 0
  private var line = 1
  /// Whether what is left may have the end of a comment: it is looked for once in vain.
  private var mayEndComment = true

  init(source: [UInt8]) {
    self.source = source
  }

  mutating func directives() -> [SourceIncludes.Directive] {
    var found: [SourceIncludes.Directive] = []
    while index < source.count {
      if skipComment() { continue }
      switch source[index] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = quoted(source[index])
      case UInt8(ascii: "/"):
        if let directive = directive() { found.append(directive) } else { advance(1) }
      default: advance(1)
      }
    }
    return found
  }

  private mutating func directive() -> SourceIncludes.Directive? {
    for kind in [SourceIncludes.Directive.Kind.include, .binary]
    where source[index...].starts(with: kind.rawValue.utf8) {
      let line = line
      advance(kind.rawValue.utf8.count)
      while index < source.count {
        if skipComment() { continue }
        let byte = source[index]
        guard byte <= UInt8(ascii: " ") || byte == UInt8(ascii: "(") else { break }
        advance(1)
      }
      guard index < source.count, source[index] == UInt8(ascii: "\"") else { return nil }
      return .init(kind: kind, name: quoted(source[index]), line: line)
    }
    return nil
  }

  private mutating func advance(_ count: Int) {
    for byte in source[index..<min(source.count, index + count)] where byte == UInt8(ascii: "\n") {
      line += 1
    }
    index += count
  }

  /// - Returns: whether there was one.
  private mutating func skipComment() -> Bool {
    let rest = source[index...]
    if rest.starts(with: "//".utf8) {
      advance((rest.firstIndex(of: UInt8(ascii: "\n")) ?? source.count) - index)
      return true
    }
    guard mayEndComment, rest.starts(with: "/*".utf8) else { return false }
    var end = index + 2
    while end + 1 < source.count {
      if source[end] == UInt8(ascii: "*"), source[end + 1] == UInt8(ascii: "/") {
        advance(end + 2 - index)
        return true
      }
      end += 1
    }
    // One that does not end is no comment to dtc, and neither is any behind it.
    mayEndComment = false
    return false
  }

  /// The text between two quotes, its escapes as they stand; the index is behind the second.
  private mutating func quoted(_ quote: UInt8) -> String {
    var end = index + 1
    while end < source.count, source[end] != quote {
      end += source[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    end = min(end, source.count)
    let text = String(decoding: source[(index + 1)..<max(index + 1, end)], as: UTF8.self)
    advance(end + 1 - index)
    return text
  }
}

/// A file that a source may not take in.
package struct SourceIncludeError: Error, Hashable, Sendable {
  let file: FilePath
  let directive: SourceIncludes.Directive
  let reason: String
}

extension SourceIncludeError: CustomStringConvertible {
  package var description: String {
    "\(file):\(directive.line): \(directive.kind.rawValue) of '\(directive.name)' is refused: \(reason)"
  }
}
