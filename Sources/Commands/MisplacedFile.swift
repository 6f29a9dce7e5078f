// SPDX-License-Identifier: Apache-2.0

import ShellWords
import SystemPackage

/// A file that a command line has where a file of another kind belongs.
struct MisplacedFile: Hashable, CustomStringConvertible {
  /// With its dashes; nil where the file stands by itself.
  let option: String?
  let file: String
  let kind: FileKind
  /// Where it belongs: an option of the same command, or a command of its own.
  let remedy: String

  /// The kinds that an option takes.
  private static let ofOptions: [String: Set<FileKind>] = [
    "board": [.board], "dtb": [.treeBlob, .treeSource], "overlay": [.treeBlob, .treeSource],
    "dts-append": [.treeSource], "kernel-image": [.kernelImage],
    "kernel-config": [.kernelConfiguration], "log": [.bootLog],
    // What is there is written again, or refused by its own words.
    "out": Set(FileKind.allCases),
  ]

  /// The kinds that a command takes without an option.
  private static let ofCommands: [String: Set<FileKind>] = [
    "lint": [.board, .treeBlob, .treeSource], "boards show": [.board],
    "observe": [.bootLog, .runs],
    "matrix run": [.matrix], "matrix merge": [.runs], "report": [.runs], "compare": [.runs],
  ]

  /// The first one of a command line; nil where there is none.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - kind: what a file is; nil for what could be anything.
  init?(in arguments: [String], of tool: CommandTree, kind: (FilePath) -> FileKind?) {
    let line = tool.line(of: arguments)
    let command = line.path.joined(separator: " ")
    for (option, value) in line.command.values(in: line.rest) {
      guard let wanted = option.map({ Self.ofOptions[$0] }) ?? Self.ofCommands[command],
        let kind = kind(FilePath(value)), !wanted.contains(kind)
      else { continue }
      self.option = option.map { "--\($0)" }
      file = value
      self.kind = kind
      remedy = Self.remedy(for: kind, value, in: line.command)
      return
    }
    return nil
  }

  /// Whether a word of a command line is a file where its kind is taken, as far as can be told without
  /// the parser's description of its options, which takes longer than most commands do.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name; ones that the parser takes.
  ///   - index: of the word in `arguments`.
  static func isInPlace(_ arguments: [String], at index: Int, kind: FileKind) -> Bool {
    guard !arguments.contains("--") else { return false }
    func takes(_ option: Substring) -> Bool { ofOptions[String(option)]?.contains(kind) == true }
    let word = arguments[index]
    if word.hasPrefix("--") {
      return word.firstIndex(of: "=").map { takes(word[..<$0].dropFirst(2)) } ?? false
    }
    guard let before = arguments[..<index].last else { return false }
    if before.hasPrefix("--") { return takes(before.dropFirst(2)) }
    // Behind the value of an option, or a word of its own.
    guard !word.hasPrefix("-"), !before.hasPrefix("-") else { return false }
    let commands = ofCommands.map { path, kinds in
      (path: path.split(separator: " ").map(String.init), kinds: kinds)
    }.filter { $0.path.first == arguments.first }
    return commands.isEmpty
      || commands.contains { command in
        command.kinds.contains(kind) && arguments[..<index].starts(with: command.path)
      }
  }

  var description: String {
    "\(option.map { "\($0) " } ?? "")\(ShellLine.quoted(file)): this is \(kind): \(remedy)"
  }

  /// What to do with a file.
  ///
  /// - Parameter command: the one that it was given to.
  static func remedy(for kind: FileKind, _ file: String, in command: CommandTree) -> String {
    let file = ShellLine.quoted(file)
    let (option, line) =
      switch kind {
      case .board: ("board", "cmalab predict --board \(file)")
      case .treeBlob, .treeSource: ("dtb", "cmalab predict --dtb \(file)")
      case .kernelImage: ("kernel-image", "cmalab boot --kernel-image \(file)")
      case .kernelConfiguration: ("kernel-config", "cmalab predict --kernel-config \(file)")
      case .bootLog: ("log", "cmalab explain \(file)")
      case .matrix: ("", "cmalab matrix \(file)")
      case .runs: ("", "cmalab report \(file)")
      }
    return command.argument(named: option) == nil ? line : "give it with --\(option)"
  }
}
