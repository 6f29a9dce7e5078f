// SPDX-License-Identifier: Apache-2.0

/// Takes files out of a tar archive that comes in pieces, and drops the rest as it passes.
///
/// POSIX.1-1988's ustar with GNU's long names, as dpkg-deb(1) writes a package's content. Nothing of the
/// archive's is trusted: each header has to bear its checksum, and what is kept is bounded.
struct TarReader: Sendable {
  /// What is kept of a file's content at most, in bytes; nil for a file that is not wanted.
  typealias Want = @Sendable (_ name: String) -> Int?

  /// The wanted files so far, by their names without a leading `./`.
  private(set) var files: [String: [UInt8]] = [:]

  private let want: Want
  /// What may pass in all, in bytes.
  private var passable: UInt64
  /// The part of the next header that has come.
  private var header: [UInt8] = []
  private var member: Member?
  private var longName: [UInt8]?
  private var hasEnded = false

  private static let blockSize = 512
  private static let nameLimit = 4096

  /// The file whose content is passing.
  private struct Member {
    let name: String
    let isLongName: Bool
    /// Of its content, what is still to come.
    var content: Int
    /// To the end of its last block.
    var padding: Int
    /// Nil for one that is not wanted.
    var kept: [UInt8]?
  }

  /// - Parameter limit: of the archive, in bytes.
  init(limit: UInt64, want: @escaping Want) {
    self.want = want
    passable = limit
  }

  /// - Throws: `TarError`.
  mutating func take(_ bytes: [UInt8]) throws(TarError) {
    guard bytes.count <= passable else { throw .tooLarge }
    passable -= UInt64(bytes.count)
    var rest = bytes[...]
    while !rest.isEmpty, !hasEnded {
      if member != nil {
        pass(&rest)
      } else {
        let part = rest.prefix(Self.blockSize - header.count)
        header += part
        rest = rest.dropFirst(part.count)
        if header.count == Self.blockSize {
          try begin()
          header = []
        }
      }
      finishMember()
    }
  }

  /// In place: a file may have a hundred megabytes, and comes in pieces of kilobytes.
  private mutating func pass(_ rest: inout ArraySlice<UInt8>) {
    let content = rest.prefix(member?.content ?? 0)
    member?.kept?.append(contentsOf: content)
    member?.content -= content.count
    rest = rest.dropFirst(content.count)
    guard member?.content == 0 else { return }
    let padding = rest.prefix(member?.padding ?? 0)
    member?.padding -= padding.count
    rest = rest.dropFirst(padding.count)
  }

  private mutating func finishMember() {
    guard let member, member.content == 0, member.padding == 0 else { return }
    if let kept = member.kept {
      if member.isLongName {
        longName = kept
      } else {
        files[member.name] = kept
      }
    }
    self.member = nil
  }

  /// Reads the header that has come.
  private mutating func begin() throws(TarError) {
    guard header.contains(where: { $0 != 0 }) else {
      hasEnded = true
      return
    }
    var sum = header.reduce(0) { $0 + Int($1) }
    for byte in header[148..<156] { sum += 0x20 - Int(byte) }
    guard let claimed = Self.octal(header[148..<156]), claimed == sum,
      let size = Self.octal(header[124..<136])
    else { throw .damaged }

    let kind = header[156]
    let isLongName = kind == UInt8(ascii: "L")
    let isFile = kind == 0 || kind == UInt8(ascii: "0")
    let name = longName.map(Self.text) ?? name
    longName = nil
    var limit: Int?
    if isLongName { limit = Self.nameLimit }
    if isFile { limit = want(name) }
    if let limit, size > limit { throw .fileTooLarge(name, limit: limit) }
    member = Member(
      name: name, isLongName: isLongName, content: size,
      padding: (Self.blockSize - size % Self.blockSize) % Self.blockSize,
      kept: limit == nil ? nil : [])
  }

  /// The header's own name, behind its prefix where it has one.
  private var name: String {
    let name = Self.text(Array(header[0..<100]))
    let isPOSIX = header[257..<263].elementsEqual(Array("ustar\0".utf8))
    let prefix = isPOSIX ? Self.text(Array(header[345..<500])) : ""
    return prefix.isEmpty ? name : "\(prefix)/\(name)"
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    return text.hasPrefix("./") ? String(text.dropFirst(2)) : text
  }

  /// A number below 8 GiB, as these headers write it.
  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
    return Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
  }
}

enum TarError: Error, Hashable {
  case damaged
  case tooLarge
  case fileTooLarge(String, limit: Int)
}
