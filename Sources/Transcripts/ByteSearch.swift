// SPDX-License-Identifier: Apache-2.0
import CZlib
import Glibc

// The C library's own loops over bytes: a console log has megabytes where a guest raves, and every
// byte of it is looked at. Each is handed the whole buffer with offsets that are checked against
// its count, and none keeps the pointer.

extension Span<UInt8> {
  /// Where the next byte of that value is, from `start` on; nil where there is none.
  func offset(of byte: UInt8, from start: Int) -> Int? {
    guard start < count else { return nil }
    return unsafe withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress,
        let found = unsafe memchr(base + start, Int32(byte), buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  /// Where the next run of these bytes starts, from `start` on; nil where there is none.
  func offset(of words: [UInt8], from start: Int) -> Int? {
    guard let first = words.first else { return nil }
    var candidate = offset(of: first, from: start)
    while let found = candidate {
      if holds(words, at: found) { return found }
      candidate = offset(of: first, from: found + 1)
    }
    return nil
  }

  /// The byte at `offset`; nil behind the last one.
  func byte(at offset: Int) -> UInt8? {
    unsafe withUnsafeBytes { $0.indices.contains(offset) ? unsafe $0[offset] : nil }
  }

  /// Whether these bytes stand at `offset`; never, where there are none.
  func holds(_ words: [UInt8], at offset: Int) -> Bool {
    guard !words.isEmpty, offset >= 0, offset + words.count <= count else { return false }
    return unsafe withUnsafeBytes { buffer -> Bool in
      guard let base = buffer.baseAddress else { return false }
      return unsafe memcmp(base + offset, words, words.count) == 0
    }
  }

  /// zlib's CRC-32 of all these bytes.
  var checksum: UInt32 {
    unsafe withUnsafeBytes { unsafe Self.checksum(of: $0, 0..<$0.count, continuing: 0) }
  }

  /// zlib's CRC-32 continued over a line and the `\n` that ends it, whatever ends it here.
  func checksum(ofLine line: Range<Int>, continuing sum: UInt32) -> UInt32 {
    let sum = unsafe withUnsafeBytes { unsafe Self.checksum(of: $0, line, continuing: sum) }
    let newline = UInt8(ascii: "\n")
    return unsafe Swift.withUnsafeBytes(of: newline) { buffer in
      unsafe Self.checksum(of: buffer, 0..<1, continuing: sum)
    }
  }

  private static func checksum(
    of buffer: UnsafeRawBufferPointer, _ part: Range<Int>, continuing sum: UInt32
  ) -> UInt32 {
    // A null pointer would make zlib start afresh.
    guard let base = buffer.baseAddress, !part.isEmpty else { return sum }
    precondition(part.lowerBound >= 0 && part.upperBound <= buffer.count)
    let bytes = unsafe (base + part.lowerBound).assumingMemoryBound(to: UInt8.self)
    return unsafe UInt32(truncatingIfNeeded: crc32(uLong(sum), bytes, uInt(part.count)))
  }
}
