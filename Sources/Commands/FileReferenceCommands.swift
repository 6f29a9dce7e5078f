// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Boards
import Matrix
import Reports
import YAMLFiles

/// `cmalab boards reference`
struct BoardReference: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Print every key that a board file may have.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("what a board file may say", "cmalab boards reference"),
      .init("the same as a page", "cmalab boards reference --format markdown"),
    ],
    statuses: [.success("it is printed")])

  @Option(help: FormatArgument<FileReference>.help)
  var format = FormatArgument<FileReference>.usual

  func run() throws { try StandardOutput.write(format.document(of: Board.reference)) }
}

/// `cmalab matrix reference`
struct MatrixReference: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Print every key that a matrix file may have.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("what a matrix file may say", "cmalab matrix reference"),
      .init("the same as a page", "cmalab matrix reference --format markdown"),
    ],
    statuses: [.success("it is printed")])

  @Option(help: FormatArgument<FileReference>.help)
  var format = FormatArgument<FileReference>.usual

  func run() throws { try StandardOutput.write(format.document(of: MatrixFile.reference)) }
}
