// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostFiles
import Reports
import SystemPackage

/// `cmalab report`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes a page, a JUnit file or a summary of runs, from their records alone.",
    discussion: """
      FOLDER is what a boot or a matrix wrote, or a folder of such runs. The exit code says whether \
      the report could be made, not what the runs came to.
      """)

  /// What is made of the records.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// One file that needs no network and no script.
    case html
    /// For a CI server: a test case a run.
    case junit
    /// For a pull request.
    case markdown
    /// All records in one document.
    case json
    /// For a terminal.
    case text
  }

  @Argument(help: "The folder of a run, of a matrix, or of runs.")
  var folder: FilePath

  @Option(help: "How: html, junit, markdown, json or text.")
  var format: Format = .text

  @Option(help: "The file to write (default: standard output).")
  var output: FilePath?

  func run() throws {
    let collection = try RunCollection(readingFrom: folder.absolute)
    for note in collection.notes { StandardError.say("cmalab: warning: \(note)") }
    let document =
      switch format {
      case .html: try HTMLReport(collection).document
      case .junit: try JUnitReport(collection).document
      case .markdown: MarkdownReport(collection).document
      case .json: try JSONReport(collection).document
      case .text: TextReport(collection, style: StandardOutput.style).document
      }
    try document.write(to: output)
  }
}

extension String {
  /// Writes a document to a file, or to standard output where none is named.
  func write(to file: FilePath?) throws {
    guard let file else {
      try StandardOutput.write(self)
      return
    }
    try HostFile.write(Array(utf8), to: file.absolute)
  }
}
