// SPDX-License-Identifier: Apache-2.0

/// Cuts the bytes of a log into lines as they arrive, whatever their number.
struct LineSplitter {
  /// A part of a line between its ends or carriage returns.
  struct Segment {
    /// Of the line, counted from 1.
    let number: Int
    let bytes: ArraySlice<UInt8>
    /// Of the whole line.
    let traits: ByteTraits
    /// Whether an end of line or a carriage return follows: what stands last is whole.
    let isTerminated: Bool
  }

  /// What is longer is no line of a kernel, whose longest (a command line) has 4096 bytes.
  static let byteLimit = 16 << 10

  private(set) var number = 1
  /// The start of a line whose end has not arrived.
  private var partial: [UInt8] = []
  private var partialOverflows = false

  /// Hands over each line that ends in `chunk`.
  mutating func split(_ chunk: [UInt8], into boots: inout BootAssembler) {
    let table = ByteTraits.table
    var start = 0
    var traits = ByteTraits()
    for position in 0..<chunk.count {
      let byte = chunk[position]
      traits.formUnion(table[Int(byte)])
      guard byte == newline else { continue }
      if partial.isEmpty, !partialOverflows {
        emit(chunk[start..<position], traits, isTerminated: true, into: &boots)
      } else {
        keep(chunk[start..<position])
        flush(isTerminated: true, into: &boots)
      }
      number += 1
      start = position + 1
      traits = []
    }
    keep(chunk[start...])
  }

  /// Hands over what has no end of line behind it.
  mutating func finish(into boots: inout BootAssembler) {
    if partial.isEmpty { number -= 1 } else { flush(isTerminated: false, into: &boots) }
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    let room = Self.byteLimit - partial.count
    if bytes.count > room { partialOverflows = true }
    partial += bytes.prefix(room)
  }

  private mutating func flush(isTerminated: Bool, into boots: inout BootAssembler) {
    let traits = partial.reduce(into: ByteTraits()) {
      $0.formUnion(ByteTraits.table[Int($1)])
    }
    emit(
      partial[...], traits, isTerminated: isTerminated && !partialOverflows, into: &boots)
    partial.removeAll(keepingCapacity: true)
    partialOverflows = false
  }

  /// A carriage return within a line overwrites it on a terminal; each part is looked at.
  private func emit(
    _ line: ArraySlice<UInt8>, _ traits: ByteTraits, isTerminated: Bool,
    into boots: inout BootAssembler
  ) {
    var rest = line.prefix(Self.byteLimit)
    let isWhole = isTerminated && rest.count == line.count
    while traits.contains(.returns), let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
      if end > rest.startIndex {
        boots.take(
          Segment(number: number, bytes: rest[..<end], traits: traits, isTerminated: true))
      }
      rest = rest[(end + 1)...]
    }
    guard !rest.isEmpty else { return }
    boots.take(Segment(number: number, bytes: rest, traits: traits, isTerminated: isWhole))
  }

  private var newline: UInt8 { UInt8(ascii: "\n") }
}

/// Which unusual bytes a line has.
struct ByteTraits: OptionSet, Sendable {
  let rawValue: UInt8

  static let returns = ByteTraits(rawValue: 1)
  /// The start of a terminal's escape sequence.
  static let escapes = ByteTraits(rawValue: 2)
  /// Other control characters than tabs and ends of lines: no text has them.
  static let controls = ByteTraits(rawValue: 4)
  /// Beyond ASCII.
  static let others = ByteTraits(rawValue: 8)

  /// Of each byte.
  static let table: [ByteTraits] = (0..<256).map { byte in
    switch byte {
    case 0x09, 0x0a: []
    case 0x0d: .returns
    case 0x1b: .escapes
    case 0..<0x20, 0x7f: .controls
    case 0x80...: .others
    default: []
    }
  }
}
