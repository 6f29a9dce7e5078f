// SPDX-License-Identifier: Apache-2.0

internal import Quantities

extension AddressMap {
  /// The map as lines of at most `style.width` columns, each ended by a newline.
  ///
  ///                0x0 -  0xefffffff   3840 MiB  bank 0
  ///     [k...........###########################################]
  ///     k     0x200000 -    0x5fffff      4 MiB  kernel
  ///     #   0x34800000 -  0xefffffff   3000 MiB  pool
  ///     ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~ ~   28928 MiB  ~ ~ ~ ~ ~ ~ ~
  ///        0x800000000 - 0x80fffffff    256 MiB  bank 1
  ///     [.......................................................]
  package func text(in style: Style = Style()) -> String {
    let areas = areas.sorted { $0.range < $1.range }
    let gaps = zip(areas, areas.dropFirst()).map { $0.range.gap(to: $1.range) }
    let columns = Columns(
      ranges: areas.flatMap { [$0.range] + $0.segments.map(\.range) },
      gaps: gaps.compactMap(\.self), style: style)

    var lines = [style.strong(style.fitted(title, room: style.width)), ""]
    for (index, area) in areas.enumerated() {
      if index > 0 { lines.append(gaps[index - 1].map(columns.breakLine) ?? "") }
      switch area.kind {
      case .bank:
        lines.append(columns.bankLine(area))
        lines.append(columns.barLine(area))
      default:
        lines.append(columns.line(area.range, area.label, area.kind))
      }
      for segment in area.segments.sorted(by: { $0.range < $1.range }) {
        lines.append(columns.line(segment.range, segment.label, segment.kind))
      }
    }
    lines += notes.map { "  " + style.fitted($0, room: style.width - 2) }
    return lines.map { "\($0)\n" }.joined()
  }
}

/// The widths that make every line of one map line up, and the lines themselves.
private struct Columns {
  let style: AddressMap.Style
  private let start: Int
  private let last: Int
  private let number: Int
  private let unit: Int

  private static let indent = "  "

  init(ranges: [PhysicalRange], gaps: [ByteCount], style: AddressMap.Style) {
    self.style = style
    start = ranges.map(\.start.description.count).max() ?? 0
    last = ranges.map(\.last.description.count).max() ?? 0
    let sizes = (ranges.map(\.size) + gaps).map(Self.parts)
    number = sizes.map(\.number.count).max() ?? 0
    unit = sizes.map(\.unit.count).max() ?? 0
  }

  /// `3000` and `MiB`, so that numbers align to the right and units to the left.
  private static func parts(of size: ByteCount) -> (number: String, unit: String) {
    let words = size.description.split(separator: " ")
    return (words.first.map(String.init) ?? "", words.dropFirst().joined(separator: " "))
  }

  func bankLine(_ area: AddressMap.Area) -> String {
    let figures = " \(Self.indent)\(figures(area.range))"
    return Self.indent + figures + style.strong(label(area.label, after: figures))
  }

  func line(_ range: PhysicalRange, _ text: String, _ kind: AddressMap.Kind) -> String {
    let figures = Self.indent + figures(range)
    let glyph = String(style.glyph(of: kind))
    return Self.indent + style.painted(glyph, as: kind) + figures
      + label(text, after: glyph + figures)
  }

  func barLine(_ area: AddressMap.Area) -> String {
    let ends = style.barEnds
    let kinds = AddressMapBar(of: area, cells: style.width - Self.indent.count - 2).kinds
    var bar = ""
    var rest = kinds[...]
    while let kind = rest.first {
      let run = rest.prefix { $0 == kind }
      bar += style.painted(String(repeating: style.glyph(of: kind), count: run.count), as: kind)
      rest = rest.dropFirst(run.count)
    }
    return Self.indent + ends.left + bar + ends.right
  }

  /// The axis broken over `gap`, whose size stands among the others'.
  func breakLine(_ gap: ByteCount) -> String {
    // As far as the sizes of the other lines: a glyph, and two addresses around a dash.
    let before = 1 + Self.indent.count + start + 3 + last
    let middle = Self.indent + size(gap) + Self.indent
    let after = style.width - Self.indent.count - before - middle.count
    let left = style.breakLine(before)
    let padding = String(repeating: " ", count: before - left.count)
    return Self.indent + style.faint(left) + padding + middle + style.faint(style.breakLine(after))
  }

  private func figures(_ range: PhysicalRange) -> String {
    range.start.description.right(start) + " \(style.dash) " + range.last.description.right(last)
      + Self.indent + size(range.size) + Self.indent
  }

  private func size(_ size: ByteCount) -> String {
    let parts = Self.parts(of: size)
    return parts.number.right(number) + " " + parts.unit.left(unit)
  }

  private func label(_ text: String, after used: String) -> String {
    style.fitted(text, room: style.width - Self.indent.count - used.count)
  }
}

extension String {
  fileprivate func right(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  fileprivate func left(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
