// SPDX-License-Identifier: Apache-2.0

// Fields of headers; nil where the bytes end before them.
extension [UInt8] {
  func littleEndian16(at offset: Int) -> UInt16? {
    field(at: offset, size: 2).map { UInt16($0[1]) << 8 | UInt16($0[0]) }
  }

  func littleEndian32(at offset: Int) -> UInt32? {
    field(at: offset, size: 4).map { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
  }

  func bigEndian32(at offset: Int) -> UInt32? {
    field(at: offset, size: 4).map { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }

  /// A text of a header that ends at a NUL or with its field, fit for a terminal.
  func text(at offset: Int, size: Int) -> String? {
    field(at: offset, size: size).map { String(shown: $0.prefix { $0 != 0 }) }
  }

  private func field(at offset: Int, size: Int) -> [UInt8]? {
    guard offset >= 0, size <= count, offset <= count - size else { return nil }
    return Array(self[offset..<(offset + size)])
  }
}

extension String {
  /// A name out of an untrusted file: what is not printable ASCII becomes a question mark.
  init(shown bytes: some Sequence<UInt8>) {
    self.init(decoding: bytes.map { 0x20..<0x7f ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
