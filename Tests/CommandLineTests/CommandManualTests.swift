// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import Commands

/// Examples and exit codes in the help of every command.
@Suite struct CommandManualTests {
  private static func commands(below command: any ParsableCommand.Type) -> [String:
    any ParsableCommand.Type]
  {
    var all: [String: any ParsableCommand.Type] = [:]
    for subcommand in command.configuration.subcommands {
      let name = subcommand.configuration.commandName ?? ""
      all[name] = subcommand
      for (further, type) in commands(below: subcommand) { all["\(name) \(further)"] = type }
    }
    return all
  }

  private static let commands = commands(below: CommandLineTool.self)

  private static func manual(of command: String) throws -> CommandManual {
    let type = try #require(commands[command])
    return try #require(type as? any DocumentedCommand.Type, "'\(command)' has no manual").manual
  }

  @Test(arguments: commands.keys.sorted())
  func aCommandHasExamplesAndExitCodes(_ command: String) throws {
    let manual = try Self.manual(of: command)
    #expect((2...3).contains(manual.examples.count))
    #expect(manual.statuses.first?.code == .success)
    #expect(manual.statuses.last?.code == .validationFailure)
    #expect(manual.statuses.map(\.code.rawValue) == manual.statuses.map(\.code.rawValue).sorted())
    let help = CommandLineTool.helpMessage(for: try #require(Self.commands[command]), columns: 80)
    for example in manual.examples {
      #expect(help.contains("\n  # \(example.purpose)\n  \(example.line)\n"), "\(help)")
    }
    for status in manual.statuses {
      #expect(help.contains("\n  \(status.code.rawValue) "))
      #expect(help.contains(" \(status.meaning)\n"), "\(help)")
    }
  }

  @Test(arguments: commands.keys.sorted())
  func anExampleIsOfThatCommand(_ command: String) throws {
    for example in try Self.manual(of: command).examples {
      let parsed = try CommandLineTool.parseAsRoot(try Self.arguments(of: example))
      let type = try #require(Self.commands[command])
      let own = [type] + Self.commands(below: type).values
      #expect(own.contains { $0 == Swift.type(of: parsed) }, "\(example.line)")
    }
  }

  @Test func theToolsOwnExamplesAreCommandLines() throws {
    #expect((2...3).contains(CommandLineTool.manual.examples.count))
    for example in CommandLineTool.manual.examples {
      _ = try CommandLineTool.parseAsRoot(try Self.arguments(of: example))
    }
  }

  /// Those of cmalab's part of a pipe.
  private static func arguments(of example: CommandManual.Example) throws -> [String] {
    let parts = example.line.split(separator: "|").map { $0.split(separator: " ") }
    let own = try #require(parts.first { $0.first == "cmalab" }, "\(example.line)")
    return own.dropFirst().prefix { $0 != ">" }.map(String.init)
  }
}
