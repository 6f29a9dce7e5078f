// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BoardImports
import Boards
import HostFiles
import Records
import ShellWords
import SystemPackage
import YAMLFiles

/// `cmalab import`
struct ImportCommand: AsyncParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", _superCommandName: CommandLineTool.name,
    abstract: "Make a board file from a board's boot log, its device tree, and more of it.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    Each figure of the file names the line or the node that it comes from. Where sources disagree, a \
    comment has what each says, and which is taken; what nothing tells is listed with the command that \
    shows it on the board. predict, max, lint and boot take the file as it is: 'cmalab predict \
    --board ./my-board.yaml'. With --output, the device tree lies beside the file, and a .config of the \
    board's kernel, by which predictions go: the one that was given, else one with what the log shows \
    and distributions have. Of several boots in a log the last one is taken.
    """,
    examples: [
      .init(
        "from the log and the device tree",
        "cmalab import --log dmesg.txt --dtb board.dtb --output my-board.yaml"),
      .init(
        "from more of the board",
        "cmalab import --log dmesg.txt --iomem iomem.txt --kernel-config config"),
      .init("from a log alone", "cmalab import --log dmesg.txt --name my-board"),
    ],
    statuses: [
      .success("the file is made"),
      .trouble("nothing can be made of these"),
    ])

  @Option(help: "A boot log of the board, or - for standard input.")
  var log: FilePath?

  @Option(help: "The board's device tree: source (.dts), or a blob such as /sys/firmware/fdt.")
  var dtb: FilePath?

  @Option(help: "/proc/iomem of the board, read as root.")
  var iomem: FilePath?

  @Option(help: "The .config of the board's kernel.")
  var kernelConfig: FilePath?

  @Option(help: "The board's name (default: that of the file to write, or the board's model).")
  var name: String?

  @Option(help: "The file to write, NAME.yaml (default: standard output).")
  var output: FilePath?

  func validate() throws {
    guard log != nil || dtb != nil || iomem != nil else {
      throw ValidationError("give --log, --dtb, --iomem, or several of them")
    }
    if let output, output.extension != "yaml" {
      throw ValidationError("--output \(output): a board file is named NAME.yaml")
    }
    if let output, let name, output.stem != name {
      throw ValidationError(
        "--output \(output): the file of board '\(name)' is called \(name).yaml")
    }
  }

  func run() async throws {
    let evidence = try await BoardEvidence(tree: dtb, kernelConfig: kernelConfig, iomem: iomem)
    let read = try log.map { try BoardEvidence.read(log: $0) }
    let imported = try evidence.board(
      named: name ?? output?.stem, from: read, withFilesBeside: output != nil)
    // What is written is read once before: a name, or a figure that no board can have.
    _ = try Board(YAMLText(file: "\(imported.name).yaml", yaml: imported.text), name: imported.name)
    try imported.text.write(to: output)
    if let output {
      try imported.writeFiles(beside: output.absolute)
    }
    for item in imported.missing {
      StandardError.say("cmalab: not told: \(item.what); on the board: \(item.command)")
    }
    if let output {
      let path = output.string.contains("/") ? output.string : "./\(output)"
      StandardError.say("cmalab: now: cmalab predict --board \(ShellLine.quoted(path))")
    }
  }
}

extension BoardImport {
  /// Writes what the board file names.
  ///
  /// - Parameter file: the board file's path.
  func writeFiles(beside file: FilePath) throws(HostFileError) {
    let folder = file.removingLastComponent()
    if let deviceTree {
      try HostFile.write(deviceTree, to: folder.appending("\(name).dtb"))
    }
    if let configuration {
      try HostFile.write(Array(configuration.utf8), to: folder.appending("\(name).config"))
    }
  }
}
