// SPDX-License-Identifier: Apache-2.0

internal import Quantities

/// A bank to scale: which kind each cell of its bar shows.
struct AddressMapBar {
  /// One per cell.
  let kinds: [AddressMap.Kind]

  init(of area: AddressMap.Area, cells: Int) {
    let pieces = Self.pieces(of: area)
    let widths = Self.widths(of: pieces.map(\.size), cells: cells)
    kinds = zip(pieces, widths).flatMap { piece, width in
      Array(repeating: piece.kind, count: width)
    }
  }

  private struct Piece {
    let kind: AddressMap.Kind
    var size: UInt64
  }

  /// The bank cut at every edge of a segment, each piece as the last segment over it.
  ///
  /// Neighbours of one segment are one piece. Their sizes add up to the bank's.
  private static func pieces(of area: AddressMap.Area) -> [Piece] {
    let bank = area.range
    // Offsets from the bank's start, so that a bank at the top of the address space has an end.
    let spans = area.segments.filter { $0.range.overlaps(bank) }.map { segment in
      let first = max(segment.range.start, bank.start).value - bank.start.value
      let last = min(segment.range.last, bank.last).value - bank.start.value
      return (first: first, end: last + 1, kind: segment.kind)
    }
    let edges = Set(spans.flatMap { [$0.first, $0.end] } + [0, bank.size.bytes]).sorted()
    var pieces: [(owner: Int?, piece: Piece)] = []
    for (from, to) in zip(edges, edges.dropFirst()) {
      let owner = spans.lastIndex { $0.first <= from && to <= $0.end }
      if let last = pieces.last, last.owner == owner {
        pieces[pieces.count - 1].piece.size += to - from
      } else {
        let kind = owner.map { spans[$0].kind } ?? .bank
        pieces.append((owner, Piece(kind: kind, size: to - from)))
      }
    }
    return pieces.map(\.piece)
  }

  /// Shares `cells` out in proportion to `sizes`, at least one each, by largest remainder.
  ///
  /// Where there are more sizes than cells, the largest get one each.
  static func widths(of sizes: [UInt64], cells: Int) -> [Int] {
    guard sizes.count < cells else {
      let largest = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(cells)
      return sizes.indices.map { largest.contains($0) ? 1 : 0 }
    }
    let total = sizes.reduce(0, +)
    let exact = sizes.map { total.dividingFullWidth($0.multipliedFullWidth(by: UInt64(cells))) }
    var widths = exact.map { max(1, Int($0.quotient)) }
    var spare = cells - widths.reduce(0, +)
    // Only those that were rounded down may gain, and there are more of them than spare cells.
    let byRemainder = sizes.indices.filter { exact[$0].quotient > 0 }
      .sorted { (exact[$1].remainder, $0) < (exact[$0].remainder, $1) }
    for index in byRemainder where spare > 0 {
      widths[index] += 1
      spare -= 1
    }
    while spare < 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
      widths[widest] -= 1
      spare += 1
    }
    return widths
  }
}
