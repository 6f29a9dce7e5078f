// SPDX-License-Identifier: Apache-2.0

extension AddressMap {
  /// How a map is drawn; the default is safe in any log.
  package struct Style: Hashable, Sendable {
    /// Columns of a line, ``narrowest`` at least.
    ///
    /// Labels are cut to fit, figures never: addresses of more than 39 bits make a narrow map's
    /// lines longer.
    package let width: Int
    /// Box-drawing and block characters instead of ASCII.
    package let unicode: Bool
    package let colour: Colour
    /// Whether what is wider than ``width`` is cut: on a terminal, and not where a program reads.
    package let isCut: Bool

    /// Two addresses of 39 bits, a size in KiB and some of a label.
    package static let narrowest = 60

    package init(
      width: Int = 80, unicode: Bool = false, colour: Colour = .none, isCut: Bool = true
    ) {
      self.width = max(width, Self.narrowest)
      self.unicode = unicode
      self.colour = colour
      self.isCut = isCut
    }
  }

  package enum Colour: Hashable, Sendable {
    case none
    /// The sixteen colours of ECMA-48 SGR.
    case ansi
  }
}

extension AddressMap.Style {
  func glyph(of kind: AddressMap.Kind) -> Character {
    switch kind {
    case .bank: unicode ? "░" : "."
    case .hole: unicode ? "·" : "_"
    case .kernel: unicode ? "▓" : "k"
    case .initramfs: unicode ? "▚" : "i"
    case .deviceTree: unicode ? "▞" : "d"
    case .pool: unicode ? "█" : "#"
    case .carveOut: unicode ? "╳" : "x"
    case .invented: unicode ? "▒" : "?"
    case .device: unicode ? "◆" : "@"
    }
  }

  var dash: String { unicode ? "–" : "-" }
  var ellipsis: String { unicode ? "…" : "~" }
  var barEnds: (left: String, right: String) { unicode ? ("▕", "▏") : ("[", "]") }

  /// The broken axis, `count` columns of it, without a blank at its end.
  func breakLine(_ count: Int) -> String {
    guard count > 0 else { return "" }
    if unicode { return String(repeating: "╌", count: count) }
    return String(repeating: "~ ", count: (count + 1) / 2).prefix(count).withoutTrailingBlanks
  }

  func painted(_ text: String, as kind: AddressMap.Kind) -> String {
    let code =
      switch kind {
      case .bank, .hole: "2"
      case .kernel: "34"
      case .initramfs: "36"
      case .deviceTree: "35"
      case .pool: "32"
      case .carveOut: "31"
      case .invented, .device: "33"
      }
    return selected(text, code)
  }

  func strong(_ text: String) -> String { selected(text, "1") }
  func faint(_ text: String) -> String { selected(text, "2") }

  private func selected(_ text: String, _ code: String) -> String {
    switch colour {
    case .none: text
    case .ansi: text.isEmpty ? text : "\u{1b}[\(code)m\(text)\u{1b}[0m"
    }
  }

  /// `text` within `room` columns, and nothing in it that could steer a terminal: labels may come
  /// from a guest's console.
  func fitted(_ text: String, room: Int) -> String {
    let harmless = text.unicodeScalars.map { scalar -> Character in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "?"
      default: unicode || scalar.isASCII ? Character(scalar) : "?"
      }
    }
    guard isCut, harmless.count > room else { return String(harmless) }
    guard room > 0 else { return "" }
    return String(harmless.prefix(room - 1)) + ellipsis
  }
}
