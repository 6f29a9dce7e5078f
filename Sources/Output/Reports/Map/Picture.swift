// SPDX-License-Identifier: Apache-2.0

/// A drawing that stands by itself: an SVG file with its own style, light and dark, which needs neither
/// a page nor a network.
struct Picture: TemplateScope {
  struct Line: TemplateScope {
    let y: Int
    let text: String
  }

  let heading: String
  /// What became of it, in one piece for whoever does not see the lines.
  let answer: String?
  let width: Int
  let height: Int
  let map: MapDrawing?
  let chart: ReachChart?
  let lines: [Line]
  let style = Templates.drawingStyle

  private static let margin = 16
  private static let top = 36
  private static let lineHeight = 16
  /// Of a character of the labels and of the heading, in pixels, at most.
  private static let characterWidth = (label: 7, heading: 9)
  /// Characters of a line of text.
  private static let longestLine = 92

  /// A map, and below it what it came to and every range in figures.
  ///
  /// - Parameters:
  ///   - map: nil where nobody tells where RAM lies.
  ///   - answer: what became of it.
  init(_ map: MapDrawing?, heading: String, answer: String?) {
    let untold = map == nil ? "There is no map: it is not told where RAM is." : nil
    let words = [untold, answer, map?.forecast].compactMap(\.self).flatMap(Self.wrapped)
    self.init(
      heading: heading, answer: answer?.visible, map: map, chart: nil,
      texts: words + (words.isEmpty ? [] : [""]) + Self.table(map?.ranges ?? []))
  }

  init(_ chart: ReachChart) {
    self.init(
      heading: chart.title, answer: nil, map: nil, chart: chart,
      texts: Self.wrapped(chart.description))
  }

  private init(
    heading: String, answer: String?, map: MapDrawing?, chart: ReachChart?, texts: [String]
  ) {
    self.answer = answer
    self.heading = heading.visible
    self.map = map
    self.chart = chart
    let drawn = (width: chart?.width ?? 356, height: chart?.height ?? map?.height ?? 0)
    let start = Self.top + drawn.height + Self.lineHeight
    lines = texts.enumerated().map { Line(y: start + $0 * Self.lineHeight, text: $1) }
    let longest = texts.map { $0.count * Self.characterWidth.label }.max() ?? 0
    width =
      max(drawn.width, longest, heading.count * Self.characterWidth.heading) + 2 * Self.margin
    height = start + texts.count * Self.lineHeight
  }

  /// Words in lines.
  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    for word in text.visible.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= longestLine {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// Ranges in figures, each under the other: `0x80000000 - 0xffffffff  2 GiB  bank 0`.
  private static func table(_ ranges: [MapDrawing.Range]) -> [String] {
    func padded(_ text: String, as texts: [String]) -> String {
      String(repeating: " ", count: (texts.map(\.count).max() ?? 0) - text.count) + text
    }
    return ranges.map { range in
      let place =
        padded(range.start, as: ranges.map(\.start)) + " - "
        + padded(range.end, as: ranges.map(\.end))
      return "\(place)  \(padded(range.size, as: ranges.map(\.size)))  \(range.what.visible)"
    }
  }
}
