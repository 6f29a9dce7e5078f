// SPDX-License-Identifier: Apache-2.0

import Mustache

// What is done to text before it stands in a document: names, reasons and lines come from guests,
// device trees and files that anybody wrote. One type for each syntax; nothing else escapes. Markup
// is escaped scalar by scalar: to a parser, a quote that a combining mark follows is a quote.

/// A terminal or a log: one line that steers neither the terminal nor the direction of text.
package enum TerminalEscaping {
  package static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          guard scalar.isInvisible else { return scalar }
          return scalar.properties.isWhitespace ? " " : "?"
        }))
  }
}

/// Any document that people read: what cannot be seen is shown.
enum VisibleEscaping {
  /// Control characters by their pictures, what turns the direction of text or breaks lines by its
  /// number.
  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isInvisible) else { return text }
    var visible = ""
    for scalar in text.unicodeScalars {
      if !scalar.isInvisible {
        visible.unicodeScalars.append(scalar)
      } else if scalar == "\t" {
        visible += "    "
      } else if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) {
        visible.unicodeScalars.append(picture)
      } else {
        visible += "<U+\(String(scalar.value, radix: 16, uppercase: true))>"
      }
    }
    return visible
  }

  /// The same, but for the text's own line ends.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
      .joined(separator: "\n")
  }
}

/// HTML, in elements and in quoted attributes: of everything that a template shows.
struct HTMLEscaping: MustacheContentType {
  /// What templates call it.
  static let name = "VISIBLE_HTML"

  func escapeText(_ text: String) -> String { VisibleEscaping.lines(text).withoutMarkup }
}

/// HTML in elements alone: a sentence in which an option is not broken after its dashes.
struct ProseEscaping: MustacheContentType {
  /// What templates call it.
  static let name = "VISIBLE_PROSE"

  func escapeText(_ text: String) -> String {
    HTMLEscaping().escapeText(text).split(separator: " ", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("--") ? "<span class=\"option\">\($0)</span>" : "\($0)" }
      .joined(separator: " ")
  }
}

/// Markdown (GitHub Flavored Markdown, which GitLab reads too).
enum MarkdownEscaping {
  /// Text that Markdown and HTML leave as it is, in one line of a table.
  static func line(_ text: String) -> String {
    var escaped = ""
    for scalar in VisibleEscaping.line(text).unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      // CommonMark 0.31, 2.4: a backslash before any ASCII punctuation makes it literal. A mention
      // of a person or of an issue is broken by an entity.
      case "@": escaped += "&#64;"
      case "#": escaped += "&#35;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "!", "|", "~", "$": escaped += "\\\(scalar)"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A code block whose fence is longer than any in it.
  ///
  /// - Parameter text: lines, each with its newline.
  static func block(_ text: String, language: String = "text") -> String {
    let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(language)\n\(text)\(fence)\n"
  }
}

/// XML 1.0, in elements and in quoted attributes: of everything that a template shows.
struct XMLEscaping: MustacheContentType {
  /// What templates call it.
  static let name = "VISIBLE_XML"

  /// Without the characters that XML has no place for (2.2, Char).
  func escapeText(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        VisibleEscaping.lines(text).unicodeScalars.map { scalar in
          scalar.value & 0xfffe == 0xfffe ? "\u{fffd}" : scalar
        })
    ).withoutMarkup
  }
}

/// KTAP, version 1 (Documentation/dev-tools/ktap.rst).
enum KTAPEscaping {
  /// A test's name ends where a diagnostic or a directive begins.
  static func name(_ text: String) -> String {
    TerminalEscaping.line(text).replacing("#", with: "_")
  }

  /// A diagnostic line, without its newline.
  ///
  /// - Parameter subject: what it is of; with it in front, no text is read as the head of a subtest.
  static func diagnostic(_ subject: String, _ text: String) -> String {
    ends.reduce("# \(TerminalEscaping.line(subject)): \(TerminalEscaping.line(text))") {
      line, end in
      line.replacing(end.words, with: end.broken)
    }
  }

  /// Where tools/testing/kunit/kunit_parser.py (KTAP_END) stops to read, wherever they stand.
  private static let ends = [
    (words: "List of all partitions:", broken: "List of all  partitions:"),
    (words: "Kernel panic - not syncing: VFS:", broken: "Kernel panic - not syncing:  VFS:"),
    (words: "reboot: System halted", broken: "reboot:  System halted"),
  ]
}

extension String {
  /// For a terminal or a log.
  package var printable: String { TerminalEscaping.line(self) }
  /// For a document that people read.
  var visible: String { VisibleEscaping.line(self) }
  /// For a line of Markdown.
  var markdown: String { MarkdownEscaping.line(self) }

  /// For HTML and XML.
  fileprivate var withoutMarkup: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Unicode.Scalar {
  /// Whether a reader does not see it, or sees what is beside it changed by it.
  fileprivate var isInvisible: Bool {
    guard !isASCII else { return value < 0x20 || value == 0x7f }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      return true
    default: return false
    }
  }
}
