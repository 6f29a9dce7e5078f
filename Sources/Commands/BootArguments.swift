// SPDX-License-Identifier: Apache-2.0

/// The words of this command line, as `cmalab boot` would be given them.
struct BootArguments {
  private let words: [String]

  /// Options of other commands, each with whether a value follows.
  private static let foreign = [
    "--verify": false, "--format": true, "--kernel-config": true, "--image-size": true,
  ]

  /// - Parameter words: behind the subcommand's name.
  init(_ words: [String]) {
    self.words = Self.without(Self.foreign, words)
  }

  /// Those of this process.
  static var own: BootArguments { BootArguments(Array(CommandLine.arguments.dropFirst(2))) }

  /// A command to paste, with these options in place of those of the same names.
  func command(with changes: [(name: String, value: String)]) -> String {
    let replaced = Dictionary(
      changes.map { ($0.name, true) }, uniquingKeysWith: { first, _ in first })
    // What is said by being silent.
    let added = changes.filter { $0 != ("--via", "cmdline") }
    let all =
      ["cmalab", "boot"] + Self.without(replaced, words) + added.flatMap { [$0.name, $0.value] }
    return all.map(Self.quoted).joined(separator: " ")
  }

  private static func without(_ options: [String: Bool], _ words: [String]) -> [String] {
    var kept: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      let name = word.prefix { $0 != "=" }
      guard word.hasPrefix("--"), let hasValue = options[String(name)] else {
        kept.append(word)
        continue
      }
      if hasValue, name.count == word.count { _ = rest.popFirst() }
    }
    return kept
  }

  /// POSIX shell, 2.2.2: nothing is special between single quotes.
  private static func quoted(_ word: String) -> String {
    let plain = word.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=,@+:%".contains($0))
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}
