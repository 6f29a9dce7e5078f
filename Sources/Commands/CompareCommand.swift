// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records
import Reports
import SystemPackage

/// `cmalab compare`
struct CompareCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", _superCommandName: CommandLineTool.name,
    abstract: "Show what changed between two runs, two matrices, or two kernels of one matrix.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Runs are compared that were asked for the same: pools that moved, shrank, began or ceased to \
    fit, and latencies that changed. Two single runs need only be of one layout.
    """,
    examples: [
      .init("what changed since last week", "cmalab compare last-week edges"),
      .init(
        "what another kernel does with one matrix",
        "cmalab compare edges --kernels 5.10,6.1 --format html --output kernels.html"),
    ],
    statuses: [
      .success("they are compared, whatever was found"),
      .trouble("a folder cannot be read, or is damaged"),
    ])

  /// Two kernel lines, as in `5.10,6.1`.
  struct KernelPair: ExpressibleByArgument {
    let old: String
    let new: String

    init?(argument: String) {
      let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard names.count == 2, names.allSatisfy({ !$0.isEmpty }), names[0] != names[1] else {
        return nil
      }
      (old, new) = (names[0], names[1])
    }
  }

  @Argument(help: "The folder of a run or of a matrix: before.")
  var before: FilePath

  @Argument(help: "The folder of a run or of a matrix: after.")
  var after: FilePath?

  @Option(
    help: ArgumentHelp(
      "Compare the runs of one matrix on one kernel with those on another.",
      valueName: "old,new"))
  var kernels: KernelPair?

  @Option(help: FormatArgument<Comparison>.help)
  var format = FormatArgument<Comparison>.usual

  @Option(help: "The file to write (default: standard output).")
  var output: FilePath?

  func validate() throws {
    guard (after == nil) == (kernels != nil) else {
      throw ValidationError("give two folders, or one folder and --kernels OLD,NEW")
    }
  }

  func run() throws {
    try format.document(of: compared).write(to: output)
  }

  private var compared: Comparison {
    get throws {
      let first = try RunCollection(readingFrom: before.absolute)
      if let after {
        return Comparison(first, try RunCollection(readingFrom: after.absolute))
      }
      let known = Set(first.cells.map(\.record.request.kernel)).sorted()
      guard let kernels else { return Comparison(first, first) }
      for name in [kernels.old, kernels.new] where !known.contains(name) {
        throw ValidationError(
          "no run is of kernel '\(name)': there are \(known.joined(separator: ", "))")
      }
      return Comparison(of: first, kernel: kernels.old, with: kernels.new)
    }
  }
}
