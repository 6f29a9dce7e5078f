// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports

/// `--format`: one of the formats that something can be shown in.
struct FormatArgument<Subject: Reportable>: ExpressibleByArgument {
  private let format: ReportFormat<Subject>

  /// The usual one.
  static var usual: FormatArgument { FormatArgument(format: Subject.formats[0]) }

  var isUsual: Bool { name == Subject.formats[0].name }

  var name: String { format.name }

  private init(format: ReportFormat<Subject>) {
    self.format = format
  }

  init?(argument: String) {
    guard let format = Subject.formats.first(where: { $0.name == argument }) else { return nil }
    self.format = format
  }

  static var allValueStrings: [String] { Subject.formats.map(\.name) }
  var defaultValueDescription: String { format.name }

  static var help: ArgumentHelp {
    let formats = Subject.formats.map { "\($0.name) (\($0.purpose))" }
    return "How to print it: \(formats.joined(separator: ", "))."
  }

  func document(of subject: Subject) throws -> String {
    try format.document(of: subject, style: StandardOutput.style)
  }
}
