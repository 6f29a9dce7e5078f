// SPDX-License-Identifier: Apache-2.0
import CZlib
import Glibc

/// A look at an array's bytes, through the C library's own loops: a console log has megabytes where
/// a guest raves, and every byte of it is looked at.
///
/// Every offset is checked against the count here. A view is good only while `body` of
/// ``Swift/Array/withByteView(_:)`` runs, and must not be kept.
@safe struct ByteView {
  private let base: UnsafePointer<UInt8>
  let count: Int

  fileprivate init(_ buffer: UnsafeBufferPointer<UInt8>, else nothing: UnsafePointer<UInt8>) {
    unsafe base = buffer.baseAddress ?? nothing
    count = buffer.count
  }

  /// All of it from `start` on.
  func rest(from start: Int) -> Range<Int> { min(start, count)..<count }

  /// Where the first byte of that value is in a part; nil where there is none.
  func offset(of byte: UInt8, in part: Range<Int>) -> Int? {
    precondition(part.lowerBound >= 0 && part.upperBound <= count)
    guard let found = unsafe memchr(base + part.lowerBound, Int32(byte), part.length) else {
      return nil
    }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Where the first run of these bytes starts that lies in a part; nil where there is none.
  func offset(of words: [UInt8], in part: Range<Int>) -> Int? {
    guard let first = words.first, words.count <= part.length else { return nil }
    let starts = part.lowerBound..<(part.upperBound - words.count + 1)
    var candidate = offset(of: first, in: starts)
    while let found = candidate {
      if holds(words, at: found) { return found }
      candidate = offset(of: first, in: (found + 1)..<starts.upperBound)
    }
    return nil
  }

  /// The byte at `offset`; nil where there is none.
  func byte(at offset: Int) -> UInt8? {
    offset >= 0 && offset < count ? unsafe base[offset] : nil
  }

  /// Whether these bytes stand at `offset`; never, where there are none.
  func holds(_ words: [UInt8], at offset: Int) -> Bool {
    guard !words.isEmpty, offset >= 0, offset + words.count <= count else { return false }
    return unsafe memcmp(base + offset, words, words.count) == 0
  }

  /// zlib's CRC-32 of a part, continued from another's; the first one's goes on from 0.
  func checksum(of part: Range<Int>, continuing sum: UInt32) -> UInt32 {
    precondition(part.lowerBound >= 0 && part.upperBound <= count)
    return unsafe UInt32(
      truncatingIfNeeded: crc32(uLong(sum), base + part.lowerBound, uInt(part.length)))
  }

  /// The same of a line and the `\n` that ends it, whatever ends it here.
  func checksum(ofLine line: Range<Int>, continuing sum: UInt32) -> UInt32 {
    var newline = UInt8(ascii: "\n")
    let sum = checksum(of: line, continuing: sum)
    return unsafe UInt32(truncatingIfNeeded: crc32(uLong(sum), &newline, 1))
  }

  /// Adds a part to the end of an array.
  func append(_ part: Range<Int>, to bytes: inout [UInt8]) {
    precondition(part.lowerBound >= 0 && part.upperBound <= count)
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: base + part.lowerBound, count: part.length))
  }
}

extension Range<Int> {
  /// `count` without the detour over collections, which a debug build takes at every line.
  var length: Int { upperBound - lowerBound }
}

extension [UInt8] {
  func withByteView<Value>(_ body: (ByteView) -> Value) -> Value {
    var nothing: UInt8 = 0
    return unsafe withUnsafePointer(to: &nothing) { nothing in
      unsafe withUnsafeBufferPointer { unsafe body(ByteView($0, else: nothing)) }
    }
  }
}
