// SPDX-License-Identifier: Apache-2.0
import Foundation
import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// A `cmalab` command that a document shows.
struct ShownCommand: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  /// What it ends with: those under a `$` are shown with what they print, and those fail, but for ones
  /// with `# exit status 0` behind them.
  let exitCode: Int32
  /// The lines that the document shows of its output.
  let output: [String]

  var testDescription: String { arguments.joined(separator: " ") }

  /// Every line of a code block that starts with `cmalab`, or with `$ cmalab` before its output.
  static func all(in document: String) -> [ShownCommand] {
    var commands: [ShownCommand] = []
    var isCode = false
    var isOutput = false
    var isShown = false
    for line in document.split(separator: "\n") {
      if line.hasPrefix("```") {
        isCode.toggle()
        // A block without a command goes on with the output of the one before it.
        isOutput = isCode && line == "```" && isShown
      } else if isCode, line.hasPrefix("$ cmalab ") {
        isOutput = true
        isShown = true
        commands.append(
          ShownCommand(
            arguments: words(of: line.dropFirst(2)),
            exitCode: line.hasSuffix("# exit status 0") ? 0 : 1, output: []))
      } else if isCode, line.hasPrefix("cmalab ") {
        isShown = false
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
  /// What the README and the articles say, done as they say.
  @Suite struct ReadmeTests {
    private static let catalogue: FilePath = "Sources/cmalab/cmalab.docc"

    @Test(arguments: [
      ("README.md", 10), ("\(catalogue)/LifeOfARun.md", 3), ("\(catalogue)/ReadingAVerdict.md", 3),
      ("\(catalogue)/AddingABoard.md", 3), ("\(catalogue)/AddingAKernelLine.md", 3),
      ("\(catalogue)/ManyMachines.md", 8), ("\(catalogue)/WritingAMatrix.md", 10),
      ("\(catalogue)/OneBoardWhole.md", 7),
    ])
    func everyCommandWorksAsPrinted(document: String, fewest: Int) async throws {
      let text = String(
        decoding: try HostFile.read(
          TestEnvironment.checkout.pushing(FilePath(document)), limit: 1 << 20), as: UTF8.self)
      let commands = ShownCommand.all(in: text)
      #expect(commands.count >= fewest)
      // What one command writes, another one reads.
      try await ScratchFolder.with { scratch in
        try symbolicLink(
          from: scratch["boards"], to: TestEnvironment.checkout.appending("boards"))
        for (name, content) in Self.files(in: text) { _ = try scratch.write(content, to: name) }
        for (index, command) in commands.enumerated() {
          let isToBeKept = command.arguments[0] == "boot" && !command.arguments.contains("--out")
          let out = isToBeKept ? ["--out", scratch["run\(index)"].string] : []
          let result = try await CMALabProcess(
            command.arguments + out, directory: scratch.path
          ).result(deadline: .seconds(300))
          #expect(
            result.status == .exited(command.exitCode),
            "\(command.testDescription): \(result.errors)\(result.output)")
          let printed = result.output.withTreeAsLastFile
          for line in command.output {
            #expect(
              printed.contains(line), "\(command.testDescription) does not print '\(line)'")
          }
        }
      }
    }

    @Test func theArticlesAreWhole() async throws {
      try await ScratchFolder.with { scratch in
        let source = TestEnvironment.checkout.pushing(Self.catalogue)
        _ = try await ToolCommand(
          .named("docc"),
          [
            "convert", source.string, "--warnings-as-errors", "--output-dir",
            scratch["documentation"].string, "--fallback-display-name", "cmalab",
            "--fallback-bundle-identifier", "cmalab",
          ]
        ).output(deadline: .seconds(300))
      }
    }

    /// The files that a document shows whole: blocks of YAML or of a log that begin with `# NAME`.
    private static func files(in document: String) -> [(name: String, content: String)] {
      ["yaml", "text"].flatMap { language in
        document.components(separatedBy: "```\(language)\n# ").dropFirst().compactMap { part in
          let text = part.components(separatedBy: "```")[0]
          return text.firstIndex(of: "\n").map {
            (String(text[..<$0]), String(text[text.index(after: $0)...]))
          }
        }
      }
    }
  }
}
