// SPDX-License-Identifier: Apache-2.0

/// A kernel's command line, split as the kernel splits it (lib/cmdline.c, next_arg; kernel/params.c,
/// parse_args).
///
/// Parameters end at white space outside of double quotes. A quote around a whole parameter, or
/// around its value, is dropped; nothing escapes one. What follows `--` is for init.
package struct KernelParameters: Sendable {
  package struct Parameter: Hashable, Sendable {
    package let name: ArraySlice<UInt8>
    /// Nil without `=`.
    package let value: ArraySlice<UInt8>?
    /// As it stands in the command line, quotes included.
    package let text: ArraySlice<UInt8>

    /// Whether it has this name; hyphens and underscores are equal (kernel/params.c, parameq).
    package func isNamed(_ name: String) -> Bool {
      func plain(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : byte }
      return self.name.map(plain).elementsEqual(name.utf8.map(plain))
    }
  }

  /// In the order of the command line, up to `--`.
  package let all: [Parameter]
  private let bytes: [UInt8]

  package init(_ commandLine: String) {
    bytes = Array(commandLine.utf8)
    var all: [Parameter] = []
    var rest = bytes[...].drop(while: Self.isSpace)
    while !rest.isEmpty {
      let parameter = Self.next(&rest)
      if parameter.value == nil, parameter.name.elementsEqual("--".utf8) { break }
      all.append(parameter)
    }
    self.all = all
  }

  /// `NAME` or `NAME=VALUE` of each, without quotes.
  package var words: [ArraySlice<UInt8>] {
    all.map { parameter in
      guard parameter.text.contains(Self.quote) else { return parameter.text }
      return parameter.name + (parameter.value.map { [UInt8(ascii: "=")] + $0 } ?? [])
    }
  }

  /// The values of a parameter, in their order; nil for one without a value.
  package func values(of name: String) -> [ArraySlice<UInt8>?] {
    all.filter { $0.isNamed(name) }.map(\.value)
  }

  /// The command line without every parameter of that name, and otherwise as it was.
  package func removing(_ name: String) -> String {
    var kept = bytes
    for parameter in all.reversed() where parameter.isNamed(name) {
      let after = kept[parameter.text.endIndex...].prefix(while: Self.isSpace).count
      kept.removeSubrange(parameter.text.startIndex..<(parameter.text.endIndex + after))
    }
    while let last = kept.last, Self.isSpace(last) { kept.removeLast() }
    return String(decoding: kept, as: UTF8.self)
  }

  private static let quote = UInt8(ascii: "\"")

  private static func next(_ rest: inout ArraySlice<UInt8>) -> Parameter {
    let line = rest
    let isQuoted = rest.first == quote
    let text = isQuoted ? rest.dropFirst() : rest
    var isInQuotes = isQuoted
    var equals: Int?
    var end = text.startIndex
    while end < text.endIndex, isInQuotes || !isSpace(text[end]) {
      // A parameter does not begin with its `=`.
      if equals == nil, text[end] == UInt8(ascii: "="), end > text.startIndex { equals = end }
      if text[end] == quote { isInQuotes.toggle() }
      end += 1
    }
    var name = text[text.startIndex..<(equals ?? end)]
    var value = equals.map { text[($0 + 1)..<end] }
    if let inner = value, inner.first == quote {
      value = inner.dropFirst()
      if inner.count > 1, inner.last == quote { value = value?.dropLast() }
    }
    if isQuoted, end > text.startIndex, text[end - 1] == quote {
      if value == nil {
        name = name.dropLast()
      } else if value?.last == quote, value?.endIndex == end {
        value = value?.dropLast()
      }
    }
    rest = rest[end...].drop(while: isSpace)
    return Parameter(name: name, value: value, text: line[..<end])
  }

  /// lib/ctype.c: the white space of ASCII, and the no-break space of Latin-1.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte) || byte == 0xa0
  }
}
