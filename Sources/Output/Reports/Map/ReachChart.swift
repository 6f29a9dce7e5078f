// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// The largest pool that was there, over how much RAM a guest has, or over how much of it is reserved: a
/// mark for each guest, a line for each board and kernel.
struct ReachChart: TemplateScope {
  struct Series: TemplateScope {
    let line: String
    let points: String
  }
  struct Label: TemplateScope {
    let x: Int
    let y: Int
    let text: String
  }

  let id: String
  let title: String
  let description: String
  let grid: String
  /// Where all of RAM would be the pool.
  let diagonal: String?
  let series: [Series]
  let labels: [Label]
  let width: Int
  let height = 300

  private static let left = 64
  private static let plotWidth = 300
  private static let top = 12
  private static let plotHeight = 236
  /// More lines nobody tells apart.
  private static let mostSeries = 12

  /// What the runs of a collection vary by.
  private enum Axis: String {
    case ram
    case reserved

    var words: String {
      switch self {
      case .ram: "RAM"
      case .reserved: "reserved memory"
      }
    }

    func amount(of request: RunRequest) -> UInt64 {
      switch self {
      case .ram: request.banks.reduce(0) { $0 + $1.size.bytes }
      case .reserved:
        request.regions.reduce(0) { $0 + ($1.isDefault ? 0 : $1.bytes.bytes) }
          + request.memoryReservations.reduce(0) { $0 + $1.size.bytes }
      }
    }

    /// What a line is of, beside its kernel.
    func subject(of request: RunRequest) -> String {
      let parts = [
        request.board, self == .ram ? nil : request.layout,
        request.pageSize == .fourKiB ? nil : request.pageSize.map { "\($0) pages" },
      ]
      return parts.compactMap(\.self).joined(separator: " ")
    }
  }

  private struct Line: Hashable {
    let subject: String
    /// The largest pool, by RAM or reserved memory, in bytes.
    var reached: [UInt64: UInt64] = [:]
  }

  /// The axes along which the runs have more than one value.
  static func all(of collection: RunCollection) -> [ReachChart] {
    [ReachChart(collection, along: .ram), ReachChart(collection, along: .reserved)]
      .compactMap(\.self)
  }

  private init?(_ collection: RunCollection, along axis: Axis) {
    var byKernel: [String: [String: Line]] = [:]
    for cell in collection.cells where cell.outcome != .inconclusive {
      let request = cell.record.request
      let subject = axis.subject(of: request)
      let pool = cell.outcome == .pass ? request.cmaBytes.bytes : 0
      byKernel[request.kernel, default: [:]][subject, default: Line(subject: subject)]
        .reached[axis.amount(of: request), default: 0].raise(to: pool)
    }
    // Kernels that reach the same share a line.
    var kernels: [Line: [String]] = [:]
    for (kernel, lines) in byKernel {
      for line in lines.values { kernels[line, default: []].append(kernel) }
    }
    // What every line has is no part of its name.
    let isOfAll = Set(kernels.values.map { Set($0) }).count == 1
    let lines = kernels.map { line, kernels in
      (
        key: line.subject + (isOfAll ? "" : " \(kernels.sorted().joined(separator: ", "))"),
        value: line.reached
      )
    }.sorted { $0.key < $1.key }
    // Amounts that lie closer are other splits of the same memory, and a line between them would stand
    // upright.
    let amounts = lines.flatMap(\.value.keys)
    guard let least = amounts.min(), let all = amounts.max(), all - least > all / 10
    else { return nil }
    let points = lines.flatMap { $0.value.map { $0 } }
    let scale = (
      x: Scale(upTo: points.map(\.key).max() ?? 1, pixels: Self.plotWidth),
      y: Scale(upTo: points.map(\.value).max() ?? 1, pixels: Self.plotHeight)
    )
    func x(_ bytes: UInt64) -> Int { Self.left + scale.x.pixel(of: bytes) }
    func y(_ bytes: UInt64) -> Int { Self.top + Self.plotHeight - scale.y.pixel(of: bytes) }

    id = "reach-\(axis.rawValue)"
    title = "Largest pool by \(axis.words)"
    let shown = lines.prefix(Self.mostSeries)
    let further = lines.count - shown.count
    description =
      "The largest pool that was asked for and was there, over \(axis.words); a mark for each board "
      + (isOfAll ? "on every kernel" : "and its kernels")
      + (further > 0 ? ", \(further) more omitted" : "")
      + ", side by side where several came to the same."
      + (axis == .ram ? " On the dashed line the pool would be all of RAM." : "")
    let right = Self.left + Self.plotWidth
    let bottom = Self.top + Self.plotHeight
    grid =
      scale.y.ticks.map { "M\(Self.left) \(y($0))H\(right)" }.joined()
      + scale.x.ticks.map { "M\(x($0)) \(bottom)v4" }.joined()
    let most = min(scale.x.end, scale.y.end)
    diagonal = axis == .ram ? "M\(x(0)) \(y(0))L\(x(most)) \(y(most))" : nil
    // Its name stands at the height of its last point, behind its mark.
    var free = 0
    let ends = shown.enumerated().map { index, line in
      (index, wish: line.value.max { $0.key < $1.key }.map { y($0.value) } ?? bottom)
    }.sorted { $0.wish < $1.wish }
    var places: [Int: Int] = [:]
    for (index, wish) in ends {
      places[index] = max(wish, free)
      free = max(wish, free) + 14
    }
    var crowd = Crowd(middle: Self.left + Self.plotWidth / 2)
    series = shown.enumerated().map { index, line in
      let points = line.value.sorted { $0.key < $1.key }.map { (x: x($0.key), y: y($0.value)) }
      let key = (x: right + 20, y: places[index] ?? bottom)
      return Series(
        line: "M" + points.map { "\($0.x) \($0.y)" }.joined(separator: "L"),
        points: (points.map { crowd.place(for: $0) } + [key]).map { Self.mark(index, at: $0) }
          .joined())
    }
    let names = shown.enumerated().map { index, line in
      Label(x: right + 32, y: (places[index] ?? bottom) + 3, text: line.key.visible)
    }
    // Its letters are 10 pixels high, and hardly one is wider than 6.
    width = max(460, right + 40 + 6 * (names.map(\.text.count).max() ?? 0))
    labels =
      scale.x.ticks.map { tick in
        let text = Self.words(tick)
        return Label(x: x(tick) - 5 * text.count / 2, y: bottom + 18, text: text)
      }
      + scale.y.ticks.map { Label(x: 4, y: y($0) + 3, text: Self.words($0)) } + names
      + [Label(x: Self.left, y: bottom + 36, text: axis.words)]
  }

  private static func words(_ bytes: UInt64) -> String {
    bytes == 0 ? "0" : ByteCount(bytes).rounded
  }

  /// Told by shape: circle, square, triangle, diamond; the same with a stroke across; with a cross.
  private static func mark(_ index: Int, at point: (x: Int, y: Int)) -> String {
    let (x, y) = point
    let outline =
      switch index % 4 {
      case 0: "M\(x - 5) \(y)a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"
      case 1: "M\(x - 5) \(y - 5)h10v10h-10z"
      case 2: "M\(x) \(y - 6)l6 11h-12z"
      default: "M\(x) \(y - 7)l7 7l-7 7l-7-7z"
      }
    let inside = ["", "M\(x - 5) \(y)h10", "M\(x - 5) \(y)h10M\(x) \(y - 5)v10"]
    return outline + inside[index / 4 % inside.count]
  }
}

/// Marks that would hide each other.
private struct Crowd {
  /// To the right of it, marks give way to the left.
  let middle: Int
  private var taken: [Place: Int] = [:]

  private struct Place: Hashable {
    let x: Int
    let y: Int
  }

  private static let distance = 14

  init(middle: Int) { self.middle = middle }

  /// Beside those that are there.
  mutating func place(for point: (x: Int, y: Int)) -> (x: Int, y: Int) {
    let place = Place(x: point.x, y: point.y)
    let before = taken[place, default: 0]
    taken[place] = before + 1
    return (point.x + (point.x > middle ? -1 : 1) * before * Self.distance, point.y)
  }
}

/// Bytes on pixels, from zero on, with ticks at multiples of a power of two.
private struct Scale {
  let end: UInt64
  let ticks: [UInt64]
  private let pixels: Int

  private static let mostTicks: UInt64 = 6

  init(upTo largest: UInt64, pixels: Int) {
    var step: UInt64 = 1 << 12
    while largest / step >= Self.mostTicks, step < 1 << 60 { step <<= 1 }
    let count = largest / step + (largest % step == 0 ? 0 : 1)
    end = max(step, count * step)
    ticks = (0...max(1, count)).map { $0 * step }
    self.pixels = pixels
  }

  func pixel(of bytes: UInt64) -> Int {
    Int((Double(bytes) / Double(end) * Double(pixels)).rounded())
  }
}

extension UInt64 {
  fileprivate mutating func raise(to other: UInt64) { self = Swift.max(self, other) }
}
