// SPDX-License-Identifier: Apache-2.0
import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// A `cmalab` command that the README shows.
struct ShownCommand: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  /// What it ends with: those under a `$` are shown with what they print, and those fail.
  let exitCode: Int32
  /// The lines that the README shows of its output.
  let output: [String]

  var testDescription: String { arguments.joined(separator: " ") }

  /// Every line of a code block that starts with `cmalab`, or with `$ cmalab` before its output.
  static func all(in readme: String) -> [ShownCommand] {
    var commands: [ShownCommand] = []
    var isCode = false
    var isOutput = false
    for line in readme.split(separator: "\n") {
      if line.hasPrefix("```") {
        isCode.toggle()
        isOutput = false
      } else if isCode, line.hasPrefix("$ cmalab ") {
        isOutput = true
        commands.append(
          ShownCommand(arguments: words(of: line.dropFirst(2)), exitCode: 1, output: []))
      } else if isCode, line.hasPrefix("cmalab ") {
        commands.append(ShownCommand(arguments: words(of: line), exitCode: 0, output: []))
      } else if isOutput, let last = commands.last {
        commands[commands.count - 1] = ShownCommand(
          arguments: last.arguments, exitCode: last.exitCode, output: last.output + [String(line)])
      }
    }
    return commands
  }

  /// Without `cmalab` and without the comment behind it.
  private static func words(of line: Substring) -> [String] {
    line.split(separator: "#", maxSplits: 1)[0].split(separator: " ").dropFirst().map(String.init)
  }
}

extension Guests {
  /// What the README says, done as it says.
  @Suite struct ReadmeTests {
    private static let readme = FilePath(#filePath).removingLastComponent()
      .removingLastComponent().removingLastComponent().appending("README.md")

    @Test func everyCommandWorksAsPrinted() async throws {
      let text = String(
        decoding: try HostFile.read(Self.readme, limit: 1 << 20), as: UTF8.self)
      let commands = ShownCommand.all(in: text)
      #expect(commands.count >= 10)
      // What one command writes, another one reads.
      try await ScratchFolder.with { scratch in
        try symbolicLink(
          from: scratch["boards"], to: Self.readme.removingLastComponent().appending("boards"))
        for (index, command) in commands.enumerated() {
          let out = command.arguments[0] == "boot" ? ["--out", scratch["run\(index)"].string] : []
          let result = try await CMALabProcess(
            command.arguments + out, directory: scratch.path
          ).result(deadline: .seconds(300))
          #expect(
            result.status == .exited(command.exitCode),
            "\(command.testDescription): \(result.errors)\(result.output)")
          for line in command.output {
            #expect(
              result.output.contains(line), "\(command.testDescription) does not print '\(line)'")
          }
        }
      }
    }
  }
}
