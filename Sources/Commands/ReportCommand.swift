// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostFiles
import Reports
import SystemPackage

/// `cmalab report`
struct ReportCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", _superCommandName: CommandLineTool.name,
    abstract: "Make a page, a JUnit file or a summary of runs, from their records alone.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    FOLDER is what a boot or a matrix wrote, or a folder of such runs. With --history there are several, \
    of as many days or kernels: a row for cells that differ in the pool's size alone, a column for each \
    folder, what changed when, and the smallest of the largest pools. Formats of a history are \
    \(History.formats.map(\.name).joined(separator: ", ")).
    """,
    examples: [
      .init("one page to look at", "cmalab report edges --format html --output edges.html"),
      .init("for CI", "cmalab report edges --format junit --output edges.xml"),
      .init(
        "what changed since Monday", "cmalab report --history monday tuesday friday --format html"),
    ],
    statuses: [
      .success("the report is made, whatever the runs came to"),
      .trouble("a folder cannot be read, or is damaged"),
    ])

  @Argument(help: "The folder of a run, of a matrix, or of runs; with --history, several of them.")
  var folder: [FilePath]

  @Flag(help: "Show several matrices, of several days or kernels, side by side.")
  var history = false

  @Option(help: FormatArgument<RunCollection>.help)
  var format = FormatArgument<RunCollection>.usual

  @Option(help: "The file to write (default: standard output).")
  var output: FilePath?

  func validate() throws {
    guard history else {
      guard folder.count == 1 else {
        throw ValidationError(
          "\(folder.count) folders: give one, or --history to see them side by side")
      }
      return
    }
    guard folder.count > 1 else {
      throw ValidationError("--history shows what changed from folder to folder: give two or more")
    }
    guard FormatArgument<History>(argument: format.name) != nil else {
      throw ValidationError(
        "--format \(format.name) is not one of a history: give "
          + FormatArgument<History>.allValueStrings.joined(separator: ", "))
    }
  }

  func run() throws {
    let document = try history ? historyDocument : document
    try document.write(to: output)
  }

  private var document: String {
    get throws {
      let collection = try RunCollection(readingFrom: folder[0].absolute)
      for note in collection.firstNotes { Diagnostics.warning(note) }
      return try format.document(of: collection)
    }
  }

  private var historyDocument: String {
    get throws {
      // What tells the folders apart: their own names, or else their paths.
      let names = folder.map { $0.lastComponent?.string ?? $0.string }
      let isTold = Set(names).count == names.count
      let history = History(
        try zip(folder, names).map { path, name in
          let collection = try RunCollection(readingFrom: path.absolute)
          for note in collection.firstNotes { Diagnostics.warning("\(path): \(note)") }
          return (isTold ? name : path.string, collection)
        })
      let chosen =
        FormatArgument<History>(argument: format.name) ?? FormatArgument<History>.usual
      return try chosen.document(of: history)
    }
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
