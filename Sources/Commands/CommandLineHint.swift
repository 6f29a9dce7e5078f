// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostFiles
import Runs
import YAMLFiles

/// What a command line may have meant that cannot be parsed.
struct CommandLineHint {
  /// What is wrong and what to write instead; nil where the parser's own words are as good.
  let text: String?

  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - complaint: the parser's; nil where it has none.
  ///   - boards: the names of the boards that are known.
  init(for arguments: [String], complaint: String?, boards: () -> [String]) {
    func isNamed(_ name: String) -> Bool { complaint?.contains("'\(name)'") ?? true }
    let commands = CommandLineTool.configuration.subcommands.map {
      $0.configuration.commandName ?? ""
    }
    let isHelp = arguments.first == "help"
    guard let command = isHelp ? arguments.dropFirst().first : arguments.first,
      !command.hasPrefix("-"), command != "help"
    else {
      text = nil
      return
    }
    guard commands.contains(command) || !isNamed(command) else {
      let names = NearestNames(to: command, among: commands).names
      let question = NearestNames.question(for: names) ?? "'cmalab --help' lists them all"
      text = "there is no command '\(command)': \(question)"
      return
    }
    guard !isHelp, let board = arguments.dropFirst().first, isNamed(board),
      board.hasSuffix(".yaml") || boards().contains(board)
    else {
      text = nil
      return
    }
    text = "'\(board)' is a board: write cmalab \(command) --board \(board)"
  }

  /// The same of this process; nil where it asks for nothing unknown.
  static func ofThisProcess(asking arguments: [String], complaint: String?) -> String? {
    CommandLineHint(for: arguments, complaint: complaint) {
      guard let folder = try? HostEnvironment.installation().boards,
        let names = try? HostFile.names(in: folder)
      else { return [] }
      return names.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }
    }.text
  }
}
