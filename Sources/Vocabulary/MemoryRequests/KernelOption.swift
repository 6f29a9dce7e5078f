// SPDX-License-Identifier: Apache-2.0

/// One option as a .config writes it.
package struct KernelOption: Hashable, Sendable, CustomStringConvertible {
  /// `CONFIG_CMA`.
  package let name: String
  /// `y`, `m`, `8`, `"text"`; nil for one that is not set.
  package let value: String?

  package var description: String {
    value.map { "\(name)=\($0)" } ?? "# \(name) is not set"
  }

  package init(name: String, value: String?) {
    self.name = name
    self.value = value
  }

  /// Reads a line of a .config or a fragment; nil for a comment, a blank or anything else.
  package init?(line: Substring) {
    let offPrefix = "# "
    let offSuffix = " is not set"
    if line.hasPrefix("CONFIG_"), let equals = line.firstIndex(of: "=") {
      name = String(line[..<equals])
      let text = String(line[line.index(after: equals)...])
      // Kconfig reads `=n` and writes `is not set`.
      value = text == "n" ? nil : text
    } else if line.hasPrefix("# CONFIG_"), line.hasSuffix(offSuffix) {
      name = String(line.dropFirst(offPrefix.count).dropLast(offSuffix.count))
      value = nil
    } else {
      return nil
    }
    let isWord = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
    guard isWord else { return nil }
  }

  /// Reads what a user adds to a kernel's configuration: `CONFIG_NUMA=y`, `CONFIG_CMA_AREAS=20`, `=n`.
  ///
  /// - Throws: `KernelOptionError`.
  package init(parsing text: String) throws(KernelOptionError) {
    guard text.hasPrefix("CONFIG_"), let option = KernelOption(line: text[...]),
      option.name.utf8.count > "CONFIG_".utf8.count, !text.hasSuffix("="),
      text.allSatisfy(Self.isPlain)
    else { throw .form(text) }
    guard option.value != "m" else { throw .module(option.name) }
    self = option
  }

  /// Nothing that make would expand: the kernel's own makefiles read what Kconfig writes.
  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII
      && (character.isLetter || character.isNumber || " \"+,-./:=@_".contains(character))
  }

  /// As ``init(parsing:)`` reads it.
  package var argument: String { "\(name)=\(value ?? "n")" }
}

/// Why a text is not an option to add to a kernel's configuration.
package enum KernelOptionError: Error, Hashable, Sendable, CustomStringConvertible {
  case form(String)
  case module(String)

  package var description: String {
    switch self {
    case .form(let text):
      "'\(text)' is not an option of a kernel: write CONFIG_NAME=y, =n, or another value"
    case .module(let name):
      "\(name)=m is a module, and a guest has the kernel alone: write \(name)=y"
    }
  }
}
