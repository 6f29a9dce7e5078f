// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

/// `cmalab schema`
struct SchemaCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", _superCommandName: CommandLineTool.name,
    abstract: "Print the JSON Schema of a format that cmalab writes.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    run is a run's record.json and 'boot --format json'; matrix is a matrix's matrix.json, and \
    its $defs/result a line of results.jsonl; merge is the merge.json of a matrix that was \
    submitted; history is what 'report --history' prints with --format json; report, lint, \
    lint-rules, suggestion, prediction, max, rules, upgrade and explanation are what 'report', 'lint', 'lint --rules', 'suggest', \
    'predict', 'max', 'kernels rules', 'upgrade' and 'explain' print with --format json. A schema \
    may refer to another one by its file's name: save it under that name, as in \
    'cmalab schema run > run-1.schema.json'.
    """,
    examples: [
      .init("a run's record", "cmalab schema run > run-1.schema.json"),
      .init("what predict prints", "cmalab schema prediction"),
    ],
    statuses: [
      .success("it is printed")
    ])

  @Argument(help: "The format: \(DocumentFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: DocumentFormat

  func run() throws {
    try StandardOutput.write(format.schema)
  }
}

extension DocumentFormat: ExpressibleByArgument {}
