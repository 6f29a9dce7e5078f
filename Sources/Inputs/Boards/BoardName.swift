// SPDX-License-Identifier: Apache-2.0

/// The rule for names of boards and layouts: they become file names, key paths and arguments.
enum BoardName {
  static let rule = "only a-z, 0-9 and '-', at most \(longest) characters"

  private static let longest = 64

  static let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-".unicodeScalars)

  static func isName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    return !scalars.isEmpty && scalars.count <= longest && scalars.allSatisfy(letters.contains)
  }
}
