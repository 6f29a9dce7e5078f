// SPDX-License-Identifier: Apache-2.0

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
    let (command, path, words) = tool.line(of: arguments)
    var rest = words
    while let word = rest.popFirst(), word != "--" {
      guard word.hasPrefix("--") else { continue }
      let name = String(word.dropFirst(2).prefix { $0 != "=" })
      if let known = command.argument(named: name) {
        if known.kind == .option, !word.contains("=") { rest = rest.dropFirst() }
        continue
      }
      let others = tool.commands(taking: name, from: [])
      guard !others.isEmpty else { continue }
      option = "--\(name)"
      self.command = ([tool.commandName] + path).joined(separator: " ")
      self.others = others
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
