// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostFiles
import Reports
import SystemPackage

/// `cmalab report`
struct ReportCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a page, a JUnit file or a summary of runs, from their records alone.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    FOLDER is what a boot or a matrix wrote, or a folder of such runs.
    """,
    examples: [
      .init("one page to look at", "cmalab report edges --format html --output edges.html"),
      .init("for a ticket", "cmalab report edges --format markdown"),
      .init("for CI", "cmalab report edges --format junit --output edges.xml"),
    ],
    statuses: [
      .success("the report is made, whatever the runs came to"),
      .trouble("a folder cannot be read, or is damaged"),
    ])

  @Argument(help: "The folder of a run, of a matrix, or of runs.")
  var folder: FilePath

  @Option(help: FormatArgument<RunCollection>.help)
  var format = FormatArgument<RunCollection>.usual

  @Option(help: "The file to write (default: standard output).")
  var output: FilePath?

  func run() throws {
    let collection = try RunCollection(readingFrom: folder.absolute)
    for note in collection.firstNotes { Diagnostics.warning(note) }
    let document = try format.document(of: collection)
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
