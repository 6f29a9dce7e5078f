// SPDX-License-Identifier: Apache-2.0

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
        "{{% CONTENT_TYPE: \(HTMLEscaping.name)}}" + String(decoding: text, as: UTF8.self),
        named: name)
    }
    try library.register("{{% CONTENT_TYPE: \(ProseEscaping.name)}}{{.}}", named: "prose")
    return library
  }

  static let style = String(decoding: pageStyle, as: UTF8.self)

  /// As the Content-Security-Policy names it (CSP3, 2.3.1, hash-source): base64 of SHA-256.
  static let styleHash = Data(SHA256Digest(of: pageStyle).bytes).base64EncodedString()

  /// Of a drawing by itself.
  static let drawingStyle = String(
    decoding: PackageResources.palette_css + PackageResources.drawing_css, as: UTF8.self)

  private static let pageStyle =
    PackageResources.palette_css + PackageResources.page_css + PackageResources.matrix_css
    + PackageResources.run_css + PackageResources.screens_css + PackageResources.drawing_css

  private static let all = [
    "page": PackageResources.page_mustache, "counts": PackageResources.counts_mustache,
    "heat": PackageResources.heat_mustache, "safe": PackageResources.safe_mustache,
    "unexpected": PackageResources.unexpected_mustache,
    "cell": PackageResources.cell_mustache, "map": PackageResources.map_mustache,
    "checks": PackageResources.checks_mustache, "words": PackageResources.words_mustache,
    "console": PackageResources.console_mustache, "tests": PackageResources.tests_mustache,
    "comparison": PackageResources.comparison_mustache,
    "history": PackageResources.history_mustache,
    "explanation": PackageResources.explanation_mustache,
    "prediction": PackageResources.prediction_mustache,
    "drawing": PackageResources.drawing_mustache, "plot": PackageResources.plot_mustache,
    "chart": PackageResources.chart_mustache, "picture": PackageResources.picture_mustache,
  ]
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
