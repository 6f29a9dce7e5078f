// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Kernels
import Quantities
import Runs

/// `cmalab kernels`
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "List the kernel lines and what the cache has of them, or clear it.",
    subcommands: [
      ListKernels.self, KernelRulesCommand.self, UpdateKernels.self, PruneKernels.self,
    ],
    defaultSubcommand: ListKernels.self)

  static func inventory() throws -> KernelInventory {
    try KernelInventory(
      configurationFolder: try HostEnvironment.installation().kernelConfiguration,
      cache: try HostEnvironment.cache())
  }
}

/// `cmalab kernels list`
struct ListKernels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the kernel lines with the kernels built of them.")

  func run() async throws {
    let inventory = try KernelsCommand.inventory()
    let suites = inventory.lines.map { line in
      (line.name, inventory.origin(of: line) ?? line.suites.joined(separator: ","))
    }
    let table = KernelTable(
      lines: inventory.lines, suites: Dictionary(uniqueKeysWithValues: suites),
      kernels: try await inventory.kernels())
    let sources = try inventory.sourceSize().roundedMebibytes
    try StandardOutput.write("\(table.text)\nSources, unpacked and downloaded: \(sources)\n")
  }
}

/// `cmalab kernels update`
struct UpdateKernels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Have the next build ask the suites for the sources that they carry then.",
    discussion: "A source that the host's own apt installed is updated by that apt.")

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

/// `cmalab kernels prune`
struct PruneKernels: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove the kernels and sources that no line is built from any more.")

  @Flag(help: "Remove every kernel, unpacked source and download: the next boot builds anew.")
  var all = false

  func run() async throws {
    let freed = try await KernelsCommand.inventory().prune(all: all)
    try StandardOutput.write("\(freed.roundedMebibytes) came free\n")
  }
}
