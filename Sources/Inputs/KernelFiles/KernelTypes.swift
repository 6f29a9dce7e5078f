// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a kernel built with CONFIG_DEBUG_INFO_BTF says of its own types, in its image
/// (Documentation/bpf/btf.rst, "BTF Type and String Encoding").
///
/// Not to be trusted: every length is checked against the image.
package struct KernelTypes {
  private let image: [UInt8]
  /// Where its types are in the image.
  private let types: Range<Int>
  /// Where their names are.
  private let names: Range<Int>

  /// struct btf_header without what later releases add to it.
  private static let leastHeaderSize = 24
  /// BTF_MAGIC, BTF_VERSION and no flags: the first four bytes.
  private static let mark: UInt32 = 0x0001_eb9f

  /// - Parameter image: a bare kernel; nil where it does not tell of its types.
  package init?(in image: [UInt8]) {
    guard let sections = Self.sections(of: image) else { return nil }
    self.image = image
    (types, names) = sections
  }

  /// The first header whose sections lie in the image: the mark alone can be anywhere.
  private static func sections(of image: [UInt8]) -> (types: Range<Int>, names: Range<Int>)? {
    image.withUnsafeBytes { bytes -> (Range<Int>, Range<Int>)? in
      guard let base = bytes.baseAddress else { return nil }
      var place = 0
      while let found = memchr(base + place, Int32(mark & 0xff), bytes.count - place) {
        place = UnsafeRawPointer(found) - base
        func field(_ index: Int) -> Int? {
          let offset = place + 4 * index
          guard offset + 4 <= bytes.count else { return nil }
          return Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        func section(_ index: Int, after header: Int) -> Range<Int>? {
          guard let offset = field(index), let size = field(index + 1), size > 0,
            place + header + offset + size <= bytes.count
          else { return nil }
          return place + header + offset..<place + header + offset + size
        }
        if field(0) == Int(mark), let header = field(1), leastHeaderSize...4096 ~= header,
          let types = section(2, after: header), let names = section(4, after: header)
        {
          return (types, names)
        }
        place += 1
      }
      return nil
    }
  }

  /// sizeof of a structure, in bytes; nil for one that the kernel does not have, or has several of, and
  /// where the types are not whole.
  package func size(ofStructure name: String) -> UInt64? {
    let wanted = Array(name.utf8) + [0]
    var size: UInt64?
    let isWhole = image.withUnsafeBytes { bytes in
      func word(at offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      }
      func hasName(at offset: Int) -> Bool {
        let start = names.lowerBound + offset
        return start + wanted.count <= names.upperBound
          && bytes[start..<start + wanted.count].elementsEqual(wanted)
      }
      var place = types.lowerBound
      // struct btf_type: the name's offset, kind and count, and here the size.
      while place + 12 <= types.upperBound {
        let information = word(at: place + 4)
        guard let kind = Kind(rawValue: information >> 24 & 0x7f) else { return false }
        if kind == .structure, hasName(at: Int(word(at: place))) {
          guard size == nil else { return false }
          size = UInt64(word(at: place + 8))
        }
        place += 12 + kind.detailBytes(count: Int(information & 0xff_ffff))
      }
      return place == types.upperBound
    }
    return isWhole ? size : nil
  }

  /// BTF_KIND_… (include/uapi/linux/btf.h).
  private enum Kind: UInt32 {
    case integer = 1
    case pointer, array, structure, union, enumeration, forward, typedef, volatile, const, restrict
    case function, prototype, variable, section, float, declarationTag, typeTag, enumeration64

    /// What follows struct btf_type.
    func detailBytes(count: Int) -> Int {
      switch self {
      case .integer, .variable, .declarationTag: 4
      case .array: 12
      case .structure, .union, .section, .enumeration64: 12 * count
      case .enumeration, .prototype: 8 * count
      case .pointer, .forward, .typedef, .volatile, .const, .restrict, .function, .float, .typeTag:
        0
      }
    }
  }
}
