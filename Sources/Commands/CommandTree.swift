// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials

/// A command as the parser itself describes it.
struct CommandTree: Decodable {
  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }
    struct Name: Decodable { let name: String }

    let kind: Kind
    let names: [Name]?
  }

  private struct Dump: Decodable { let command: CommandTree }

  let commandName: String
  private let defaultSubcommand: String?
  private let subcommands: [CommandTree]?
  private let arguments: [Argument]?

  /// Nil of a parser that describes itself in another way.
  init?(of tool: any ParsableCommand.Type) {
    let dump = try? JSONDecoder().decode(Dump.self, from: Data(tool._dumpHelp().utf8))
    guard let dump else { return nil }
    self = dump.command
  }

  /// The one that runs where none is named.
  var usual: CommandTree? { defaultSubcommand.flatMap(subcommand) }

  func subcommand(named name: String) -> CommandTree? {
    subcommands?.first { $0.commandName == name }
  }

  /// The command that a command line calls, the names that lead to it, and what is left for it.
  ///
  /// - Parameter arguments: without the program's name.
  func line(
    of arguments: [String]
  ) -> (command: CommandTree, path: [String], rest: ArraySlice<String>) {
    var (command, path, rest) = (self, [String](), arguments[...])
    while let next = rest.first.flatMap(command.subcommand) ?? command.usual {
      if next.commandName == rest.first { rest.removeFirst() }
      path.append(next.commandName)
      command = next
    }
    return (command, path, rest)
  }

  /// What this command's options are given, and what stands by itself: under no option.
  func values(in words: ArraySlice<String>) -> [(option: String?, value: String)] {
    var rest = words
    var values: [(option: String?, value: String)] = []
    while let word = rest.popFirst(), word != "--" {
      guard word.hasPrefix("-"), word != "-" else {
        values.append((nil, word))
        continue
      }
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, argument(named: name)?.kind == .option else { continue }
      if let value = parts.count == 2 ? parts[1] : rest.popFirst() {
        values.append((name, value))
      }
    }
    return values + rest.map { (nil, $0) }
  }

  func argument(named name: String) -> Argument? {
    arguments?.first { $0.names?.contains { $0.name == name } == true }
  }

  /// Each without the tool's own name: `matrix run`.
  func commands(taking option: String, from path: [String]) -> [String] {
    let own = argument(named: option) == nil || path.isEmpty ? [] : [path.joined(separator: " ")]
    return own
      + (subcommands ?? []).flatMap { $0.commands(taking: option, from: path + [$0.commandName]) }
  }
}
