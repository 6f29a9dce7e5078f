// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A kernel's source tree, as far as rules are read off it: any text, not to be trusted.
package final class KernelSource {
  let read: (String) -> [UInt8]?
  let list: (String) -> [String]
  private var files: [String: [UInt8]?] = [:]

  /// - Parameters:
  ///   - read: a file of the tree, named from its top; nil for one that is not there.
  ///   - list: the files below a folder of the tree, named from its top.
  package init(
    read: @escaping (String) -> [UInt8]?, list: @escaping (String) -> [String] = { _ in [] }
  ) {
    self.read = read
    self.list = list
  }

  /// The bytes of a file or of a part of it; nil where there is none.
  func text(of part: SourcePart) -> ArraySlice<UInt8>? {
    guard let file = text(of: part.file) else { return nil }
    return switch part.scope {
    case .whole: file[...]
    case .function(let name): body(ofFunction: name, in: file)
    case .structure(let name): body(ofStructure: name, in: file)
    }
  }

  private func text(of file: SourceFile) -> [UInt8]? {
    if let known = files[file.rawValue] { return known }
    let text = read(file.rawValue)
    files[file.rawValue] = text
    return text
  }

  /// From the brace that begins a line to the one that ends it, as the kernel's style has it: the name
  /// stands in a line that begins with a word, and no semicolon comes before the brace.
  private func body(ofFunction name: String, in file: [UInt8]) -> ArraySlice<UInt8>? {
    var rest = file[...]
    while let place = rest.range(of: "\(name)(") {
      let line = file[..<place.lowerBound].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      rest = file[place.upperBound...]
      guard Self.isOfName(file[line]),
        place.lowerBound == 0 || !Self.isOfName(file[place.lowerBound - 1]),
        let open = rest.range(of: "\n{"),
        rest[..<open.lowerBound].range(of: ";") == nil
      else { continue }
      return file[
        open.lowerBound..<(file[open.upperBound...].range(of: "\n}")?.lowerBound ?? file.endIndex)]
    }
    return nil
  }

  private func body(ofStructure name: String, in file: [UInt8]) -> ArraySlice<UInt8>? {
    guard let open = file[...].range(of: "\nstruct \(name) {") else { return nil }
    let end = file[open.upperBound...].range(of: "\n}")?.lowerBound ?? file.endIndex
    return file[open.upperBound..<end]
  }

  /// Whether a name, or a declaration, begins or goes on with this.
  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension ArraySlice<UInt8> {
  /// Where a text stands first: files of some 100 KiB are searched for dozens of them.
  func range(of text: String) -> Range<Int>? {
    let text = Array(text.utf8)
    guard let first = text.first else { return nil }
    return withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return nil }
      var offset = 0
      while bytes.count - offset >= text.count,
        let found = memchr(start + offset, Int32(first), bytes.count - offset - text.count + 1)
      {
        let place = UnsafeRawPointer(found) - start
        if memcmp(found, text, text.count) == 0 {
          return startIndex + place..<startIndex + place + text.count
        }
        offset = place + 1
      }
      return nil
    }
  }
}
