// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostFiles
import Kernels
import Quantities
import Runs

/// `cmalab kernels`
struct KernelsCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", _superCommandName: CommandLineTool.name,
    abstract:
      "List the kernel lines and what the cache has of them, or remove what need not be kept.",
    discussion: manual.text,
    subcommands: [
      ListKernels.self, KernelRulesCommand.self, UpdateKernels.self, PruneKernels.self,
    ],
    defaultSubcommand: ListKernels.self)

  static let manual = CommandManual(
    examples: [
      .init("the lines, and what the cache takes", "cmalab kernels"),
      .init("what two releases do not do alike", "cmalab kernels rules 6.12.10 --against 6.12.16"),
      .init("remove what need not be kept", "cmalab kernels prune"),
    ],
    statuses: [
      .success("it is done"),
      .trouble("trouble with the cache"),
    ])

  static func inventory() throws -> KernelInventory {
    try KernelInventory(
      configurationFolder: try HostEnvironment.installation().kernelConfiguration,
      cache: try HostEnvironment.cache())
  }
}

/// `cmalab kernels list`
struct ListKernels: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the kernel lines with the kernels built of them, and what the cache takes.",
    discussion: manual.text)

  static let manual = CommandManual(
    examples: [
      .init("the lines, with the kernels built of them", "cmalab kernels list"),
      .init("what takes most", "cmalab kernels list --sort size"),
    ],
    statuses: [
      .success("they are shown"),
      .trouble("trouble with the cache"),
    ])

  @Option(help: "What comes first: the lines in their order, or the largest kernel.")
  var sort: KernelTable.Order = .line

  func run() async throws {
    let inventory = try KernelsCommand.inventory()
    let suites = inventory.lines.map { line in
      (line.name, inventory.origin(of: line) ?? line.suites.joined(separator: ","))
    }
    let kernels = try await inventory.kernels()
    let table = KernelTable(
      lines: inventory.lines, suites: Dictionary(uniqueKeysWithValues: suites), kernels: kernels,
      order: sort)
    let cache = try HostEnvironment.cache()
    let totals = CacheTotals(
      kernels: kernels, sources: try inventory.sourceSize(),
      runs: try KeptRuns(cache: cache).all(), cache: try HostFile.size(below: cache.root),
      folder: cache.root)
    try StandardOutput.write("\(table.text)\n\(totals.text)")
    guard let newest = inventory.lines.last?.name else { return }
    NextStep.say(
      NextStep("build the kernel of a line, in minutes", "cmalab build kernel --kernel \(newest)"),
      NextStep("boot a board with it", "cmalab boot --kernel \(newest)"))
  }
}

/// `cmalab kernels update`
struct UpdateKernels: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Have the next build ask the suites for the sources that they carry then.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    A source that the host's own apt installed is updated by that apt.
    """,
    examples: [
      .init("of every line", "cmalab kernels update"),
      .init("of one line", "cmalab kernels update --kernel 6.1"),
    ],
    statuses: [
      .success("it is done"),
      .trouble("trouble with the cache"),
    ])

  @Option(help: "The kernel line (default: all of them).", completion: Completions.kernels)
  var kernel: String?

  func run() async throws {
    let inventory = try KernelsCommand.inventory()
    if let kernel, !inventory.lines.contains(where: { $0.name == kernel }) {
      let known = inventory.lines.map(\.name)
      throw ValidationError("\(KernelError.unknownLine(kernel, known: known))")
    }
    for line in inventory.lines where kernel == nil || line.name == kernel {
      let words =
        try await inventory.forgetSource(of: line)
        ? "the next build asks \(line.suites.joined(separator: ", ")) for \(line.package)"
        : "no download of it is kept"
      try StandardOutput.write("\(line.name): \(words)\n")
    }
  }
}
