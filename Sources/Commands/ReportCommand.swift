// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostFiles
import Reports
import SystemPackage

/// `cmalab report`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a page, a JUnit file or a summary of runs, from their records alone.",
    discussion: """
      FOLDER is what a boot or a matrix wrote, or a folder of such runs. The exit code says whether \
      the report could be made, not what the runs came to.
      """)

  @Argument(help: "The folder of a run, of a matrix, or of runs.")
  var folder: FilePath

  @Option(help: FormatArgument<RunCollection>.help)
  var format = FormatArgument<RunCollection>.usual

  @Option(help: "The file to write (default: standard output).")
  var output: FilePath?

  func run() throws {
    let collection = try RunCollection(readingFrom: folder.absolute)
    for note in collection.notes { Diagnostics.warning("\(note)") }
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
