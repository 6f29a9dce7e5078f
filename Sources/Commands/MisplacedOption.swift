// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials

/// An option that was given to a command that does not take it, while others do.
struct MisplacedOption: Hashable, CustomStringConvertible {
  /// With its dashes.
  let option: String
  /// As on the command line: `cmalab matrix run`.
  let command: String
  /// The commands that take it.
  let others: [String]

  /// The first one of a command line; nil where there is none.
  ///
  /// - Parameter arguments: without the program's name.
  init?(in arguments: [String], of tool: CommandTree) {
    var rest = arguments[...]
    var path = [tool.commandName]
    var command = tool
    while let next = rest.first.flatMap(command.subcommand) ?? command.usual {
      if next.commandName == rest.first { rest.removeFirst() }
      path.append(next.commandName)
      command = next
    }
    while let word = rest.popFirst(), word != "--" {
      guard word.hasPrefix("--") else { continue }
      let name = String(word.dropFirst(2).prefix { $0 != "=" })
      if let known = command.argument(named: name) {
        if known.kind == .option, !word.contains("=") { rest = rest.dropFirst() }
        continue
      }
      let others = tool.commands(taking: name, from: [])
      guard !others.isEmpty else { continue }
      (option, self.command, self.others) = ("--\(name)", path.joined(separator: " "), others)
      return
    }
    return nil
  }

  var description: String {
    let last = others.last ?? ""
    let list =
      others.count > 1 ? others.dropLast().joined(separator: ", ") + " and " + last : last
    return "\(option) does not apply to '\(command)': it is an option of \(list)"
  }
}

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
