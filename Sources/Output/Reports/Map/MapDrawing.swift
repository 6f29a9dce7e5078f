// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Records

/// An address map as a drawing: low addresses on top, banks to one scale, the axis broken between
/// them, what was observed beside what was predicted.
struct MapDrawing: TemplateScope {
  struct Shape: TemplateScope {
    let kind: String
    let path: String
  }
  struct Label: TemplateScope {
    let y: Int
    let text: String
  }
  struct Heading: TemplateScope {
    let x: Int
    let text: String
  }
  struct Range: TemplateScope {
    /// Nil for what lies in a bank.
    let kind: String?
    let start: String
    let end: String
    let size: String
    let what: String
  }

  let title: String
  let description: String
  let height: Int
  let headings: [Heading]
  let shapes: [Shape]
  let labels: [Label]
  let ranges: [Range]
  /// The prediction in words.
  let forecast: String?

  /// The banks' height altogether is so many cells of two pixels; the smallest thing has one.
  private static let cells = 150
  private static let cellHeight = 2
  /// The least that a bank is drawn with, in cells: its label's height.
  private static let smallestBank = 9
  private static let gapHeight = 26
  private static let top = 18
  private static let lineHeight = 15

  /// Nil for a run without banks.
  init?(_ record: RunRecord) {
    self.init(
      AddressMap(observedBy: record), called: "observed",
      beside: AddressMap(predictedFor: record),
      pools: record.observed.cmaAreas.map { "\($0.name) of \($0.bytes) at \($0.base)" },
      forecast: Self.words(of: record.predicted))
  }

  /// Nil for a guest without banks.
  init?(_ guest: PredictedGuest) {
    self.init(
      AddressMap(guest), called: "predicted", beside: nil,
      pools: guest.predicted.pools.map { "\($0.name) of \($0.bytes) at \($0.base)" },
      forecast: Self.words(of: guest.predicted))
  }

  /// Nil for a log that does not tell where RAM lies.
  init?(_ boot: ExplainedBoot) {
    guard let logged = AddressMap(boot) else { return nil }
    self.init(
      logged, called: "logged", beside: AddressMap(predictedFor: boot),
      pools: boot.pools.map { "\($0.title) of \($0.size) at \($0.place)" },
      forecast: boot.predicted?.standing)
  }

  /// - Parameters:
  ///   - source: from what the map is: `observed`.
  ///   - pools: in words.
  private init?(
    _ observed: AddressMap, called source: String, beside predicted: AddressMap?,
    pools: [String], forecast: String?
  ) {
    let banks = observed.areas.sorted { $0.range < $1.range }
    guard !banks.isEmpty else { return nil }
    let widths = AddressMapBar.widths(of: banks.map(\.range.size.bytes), cells: Self.cells)
      .map { max($0, Self.smallestBank) }

    // Two lanes as wide together as one alone.
    let width = predicted == nil ? 128 : 64
    var canvas = Canvas()
    var y = Self.top
    for (index, bank) in banks.enumerated() {
      if index > 0, let gap = banks[index - 1].range.gap(to: bank.range) {
        canvas.axisBreak(
          at: y, height: Self.gapHeight,
          lanes: predicted == nil ? [(0, width)] : [(0, width), (72, 56)])
        canvas.label("\(gap.rounded) without RAM", at: y + Self.gapHeight / 2)
        y += Self.gapHeight
      }
      canvas.bar(AddressMapBar(of: bank, cells: widths[index]).kinds, x: 0, width: width, y: y)
      let forecast = predicted?.areas.first { $0.range == bank.range }
      if let forecast {
        canvas.bar(AddressMapBar(of: forecast, cells: widths[index]).kinds, x: 72, width: 56, y: y)
      }
      canvas.label("\(bank.range.start) \(bank.label) \(bank.range.size.rounded)", at: y)
      let height = widths[index] * Self.cellHeight
      let known = Set(bank.segments.map(\.range))
      // What is there in the prediction alone.
      let others = (forecast?.segments ?? [])
        .filter { $0.kind == .pool && !known.contains($0.range) }
      let segments =
        bank.segments.map { ($0, "") } + others.map { ($0, " predicted") }
      for (segment, origin) in segments.sorted(by: { $0.0.range < $1.0.range }) {
        let offset = segment.range.start.value - bank.range.start.value
        let share = Double(offset) / Double(bank.range.size.bytes)
        canvas.label(
          "\(segment.range.start) \(segment.shortLabel) \(segment.range.size.rounded)\(origin)",
          at: y + Int(share * Double(height)))
      }
      y += height
    }
    shapes = canvas.shapes + canvas.leaders(lineHeight: Self.lineHeight)
    labels = canvas.labels(lineHeight: Self.lineHeight)
    height = max(y, (labels.last?.y ?? 0)) + 6
    headings =
      [Heading(x: 0, text: source)]
      + (predicted == nil ? [] : [Heading(x: 72, text: "predicted")])
    title = "Address map: \(source)\(predicted == nil ? "" : " beside predicted")"
    description =
      (pools.isEmpty ? "No pool was \(source)." : "Pools: \(pools.joined(separator: ", ")).")
      + " The table beside it has every range."
    ranges = banks.flatMap { bank in
      [Range(bank.range, bank.label, kind: "b")]
        + bank.segments.sorted { $0.range < $1.range }.map { Range($0.range, $0.label, kind: nil) }
    }
    self.forecast = forecast
  }

  private static func words(of predicted: PredictedRecord?) -> String? {
    guard let predicted else { return nil }
    if let unknown = predicted.unknown { return "Cannot be predicted: \(unknown)" }
    var parts = predicted.pools.map { "\($0.name) \($0.bytes) at \($0.base)" }
    if parts.isEmpty { parts = ["no pool"] }
    if let refusal = predicted.refusal { parts.append("refused with '\(refusal)'") }
    if let fatality = predicted.fatality { parts.append("then the end: \(fatality.rawValue)") }
    if let blocker = predicted.blocker { parts.append("a larger one is bounded by: \(blocker)") }
    return "Predicted for \(predicted.checkedRelease): \(parts.joined(separator: "; "))."
  }
}

extension MapDrawing.Range {
  fileprivate init(_ range: PhysicalRange, _ what: String, kind: String?) {
    self.init(
      kind: kind, start: "\(range.start)", end: "\(range.last)", size: range.size.rounded,
      what: what)
  }
}

/// Shapes, and labels that wait for their places.
private struct Canvas {
  private(set) var shapes: [MapDrawing.Shape] = []
  private var wishes: [(y: Int, text: String)] = []

  private static let longestLabel = 32

  mutating func bar(_ kinds: [AddressMap.Kind], x: Int, width: Int, y: Int) {
    shapes.append(.init(kind: "b", path: "M\(x) \(y)h\(width)v\(kinds.count * 2)h-\(width)z"))
    // One path for each kind, as short as can be.
    var paths: [(kind: AddressMap.Kind, path: String)] = []
    var start = 0
    while start < kinds.count {
      let kind = kinds[start]
      let end = kinds[start...].firstIndex { $0 != kind } ?? kinds.count
      let piece = "M\(x) \(y + start * 2)h\(width)v\((end - start) * 2)h-\(width)z"
      if kind != .bank {
        if let index = paths.firstIndex(where: { $0.kind == kind }) {
          paths[index].path += piece
        } else {
          paths.append((kind, piece))
        }
      }
      start = end
    }
    shapes += paths.map { MapDrawing.Shape(kind: $0.kind.styleClass, path: $0.path) }
  }

  mutating func axisBreak(at y: Int, height: Int, lanes: [(x: Int, width: Int)]) {
    let path = lanes.map { x, width in
      "M\(x) \(y + height / 2 - 3)l\(width / 4) 6l\(width / 4)-6l\(width / 4) 6l\(width / 4)-6"
    }.joined()
    shapes.append(.init(kind: "l", path: path))
  }

  mutating func label(_ text: String, at y: Int) {
    let text = text.visible
    let isLong = text.count > Self.longestLabel
    wishes.append((y, isLong ? "\(text.prefix(Self.longestLabel - 1))\u{2026}" : text))
  }

  /// From each thing to its label.
  func leaders(lineHeight: Int) -> [MapDrawing.Shape] {
    let path = placed(lineHeight).map { wish, y in "M128 \(wish)h3l7 \(y - wish)h3" }.joined()
    return [.init(kind: "l", path: path)]
  }

  func labels(lineHeight: Int) -> [MapDrawing.Label] {
    zip(wishes, placed(lineHeight)).map { MapDrawing.Label(y: $1.y + 4, text: $0.text) }
  }

  /// Where each label wants to be and where there is room for it; they come in rising order.
  private func placed(_ lineHeight: Int) -> [(wish: Int, y: Int)] {
    var free = 0
    return wishes.map { wish in
      let y = max(wish.y + 4, free)
      free = y + lineHeight
      return (wish.y + 1, y)
    }
  }
}

extension AddressMap.Kind {
  fileprivate var styleClass: String {
    switch self {
    case .bank: "b"
    case .hole: "h"
    case .kernel: "k"
    case .initramfs: "r"
    case .deviceTree: "d"
    case .pool: "o"
    case .carveOut: "c"
    case .invented: "v"
    case .device: "g"
    }
  }
}

extension ByteCount {
  /// At most one digit behind the point, for people: `1.4 MiB`; exact where that is as short.
  var rounded: String {
    let units: [(shift: UInt64, name: String)] = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    if description.count <= 8, bytes >= 1 << 10 { return description }
    for unit in units where bytes >> unit.shift > 0 {
      let tenths = ((bytes >> (unit.shift - 10)) * 10) >> 10
      return tenths % 10 == 0
        ? "\(tenths / 10) \(unit.name)" : "\(tenths / 10).\(tenths % 10) \(unit.name)"
    }
    return description
  }
}
