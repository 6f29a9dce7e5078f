// SPDX-License-Identifier: Apache-2.0

import CTemplates
import Digests
import FoundationEssentials
import Mustache

/// The pages' templates and their style sheet, as Resources/ has them.
enum Templates {
  /// - Throws: `MustacheTemplate.ParserError`, which the tests would have seen.
  static func render(_ page: HTMLPage) throws -> String { try render(page, with: "page") }

  /// - Throws: as ``render(_:)``.
  static func render(_ picture: Picture) throws -> String { try render(picture, with: "picture") }

  private static func render(_ scope: any TemplateScope, with template: String) throws -> String {
    try library.get().render(scope, withTemplate: template) ?? ""
  }

  /// Parsed once: that takes longer than to fill one in.
  private static let library = Result {
    MustacheContentTypes.register(HTMLEscaping(), named: HTMLEscaping.name)
    MustacheContentTypes.register(ProseEscaping(), named: ProseEscaping.name)
    var library = MustacheLibrary()
    for (name, text) in all {
      // A partial has the content type of its own first line, not of the page that shows it.
      try library.register(
        "{{% CONTENT_TYPE: \(HTMLEscaping.name)}}" + String(cString: text), named: name)
    }
    try library.register("{{% CONTENT_TYPE: \(ProseEscaping.name)}}{{.}}", named: "prose")
    return library
  }

  static let style = {
    let parts = cmalab_styles()
    return [
      parts.palette, parts.page, parts.matrix, parts.run, parts.screens, parts.drawing,
    ].map(String.init(cString:)).joined()
  }()

  /// As the Content-Security-Policy names it (CSP3, 2.3.1, hash-source): base64 of SHA-256.
  static let styleHash = Data(SHA256Digest(of: Array(style.utf8)).bytes).base64EncodedString()

  /// Of a drawing by itself.
  static let drawingStyle = {
    let parts = cmalab_styles()
    return String(cString: parts.palette) + String(cString: parts.drawing)
  }()

  private static var all: KeyValuePairs<String, UnsafePointer<CChar>> {
    let texts = cmalab_templates()
    return [
      "page": texts.page, "counts": texts.counts, "heat": texts.heat, "safe": texts.safe,
      "unexpected": texts.unexpected, "cell": texts.cell, "map": texts.map,
      "checks": texts.checks, "words": texts.words, "console": texts.console,
      "tests": texts.tests, "comparison": texts.comparison, "history": texts.history,
      "explanation": texts.explanation, "prediction": texts.prediction, "drawing": texts.drawing,
      "plot": texts.plot, "chart": texts.chart, "picture": texts.picture,
    ]
  }
}

/// What a section of a template shows: its stored properties, by their names.
///
/// Mustache looks for a name in the enclosing sections too. A property that is nil is nothing here
/// and hides what an enclosing section has by the same name: a check without a mark does not get its
/// run's.
protocol TemplateScope: MustacheParent {}

extension TemplateScope {
  func child(named name: String) -> Any? {
    guard let child = Mirror(reflecting: self).children.first(where: { $0.label == name }) else {
      return nil
    }
    let value = Mirror(reflecting: child.value)
    guard value.displayStyle == .optional else { return child.value }
    return value.children.first?.value ?? Nothing()
  }
}

/// The value of a property that is nil.
private struct Nothing: MustacheCustomRenderable {
  let renderText = ""
  let isNull = true
}
