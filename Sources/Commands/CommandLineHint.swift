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
    guard !isHelp, let word = arguments.dropFirst().first, isNamed(word) else {
      text = nil
      return
    }
    let isBoard = word.hasSuffix(".yaml") || boards().contains(word)
    let place = command == "boards" ? "show" : "--board"
    text =
      isBoard
      ? "'\(word)' is a board: write cmalab \(command) \(place) \(word)"
      : Self.subcommand(of: command, like: word)
  }

  /// Of a command line that can be parsed: `matrix merg` asks for a file of that name.
  ///
  /// - Parameter isFile: whether there is one.
  init(parsed arguments: [String], isFile: (String) -> Bool) {
    let word = arguments.dropFirst().first
    text = word.flatMap { isFile($0) ? nil : Self.subcommand(of: arguments[0], like: $0) }
  }

  /// Nil where a command has none that is called nearly so.
  private static func subcommand(of command: String, like word: String) -> String? {
    let all = CommandLineTool.configuration.subcommands
      .first { $0.configuration.commandName == command }?.configuration.subcommands
      .compactMap { $0.configuration.commandName }
    let name = "\(command) \(word)"
    guard let all, !all.contains(word),
      let question = NearestNames.question(
        for: NearestNames(to: word, among: all).names.map { "\(command) \($0)" })
    else { return nil }
    return "there is no command '\(name)': \(question)"
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
