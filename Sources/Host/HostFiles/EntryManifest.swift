// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// The lists, inside a cache entry, of what is directly in it: files with their sizes in bytes, and
/// with their SHA-256, folders by name only.
///
/// Sizes find what mostly happens to a cache (a full disk, a copy cut short, a cleaner that took a
/// file) at the price of a few stat(2) calls. Digests find the rest, a byte that was changed in place,
/// which may be by way of a run's folder, whose files are the same ones under other names.
enum EntryManifest {
  enum Condition: Equatable {
    case absent
    case whole
    /// Whole by its sizes, and made by cmalab 0.1, which kept no digests.
    case withoutDigests
    case damaged(String)
  }

  private static let name = "manifest"
  /// As sha256sum(1) writes and checks it. A list of its own: cmalab 0.1 reads the other one.
  private static let digestsName = "digests"

  /// Lists what is in an entry, and lets nobody write to its files by mistake any more.
  static func write(for entry: FilePath) throws(HostFileError) {
    var sizes = ""
    var digests = ""
    for name in try HostFile.names(in: entry) where name != Self.name && name != digestsName {
      let file = entry.appending(name)
      let size = try size(of: file)
      sizes += "\(size ?? "-")\t\(name)\n"
      guard size != nil else { continue }
      try HostFile.makeReadOnly(file)
      digests += "\(try ContentKey(ofFile: file))  \(name)\n"
    }
    try HostFile.write(Array(digests.utf8), to: entry.appending(digestsName))
    try HostFile.write(Array(sizes.utf8), to: entry.appending(name))
  }

  /// - Parameters:
  ///   - readsContent: whether digests are compared, and not sizes alone.
  ///   - digests: of files that have been read for something else, by name.
  static func check(
    _ entry: FilePath, readsContent: Bool = false, knowing digests: [String: String] = [:]
  ) throws(HostFileError) -> Condition {
    guard HostFile.exists(entry) else { return .absent }
    guard let sizes = try rows(of: entry.appending(name), separator: "\t") else {
      return .damaged("\(entry) has no whole manifest")
    }
    for (size, name) in sizes {
      let file = entry.appending(name)
      guard HostFile.exists(file) else { return .damaged("\(file) is missing") }
      let found = try Self.size(of: file) ?? "-"
      guard found == size else {
        return .damaged("\(file) has \(found) bytes where \(size) were written")
      }
    }
    return readsContent ? try checkContent(of: entry, files: sizes, knowing: digests) : .whole
  }

  private static func checkContent(
    of entry: FilePath, files: [(size: String, name: String)], knowing known: [String: String]
  ) throws(HostFileError) -> Condition {
    let list = entry.appending(digestsName)
    guard HostFile.exists(list) else { return .withoutDigests }
    guard let digests = try rows(of: list, separator: "  ") else {
      return .damaged("\(list) is cut short")
    }
    for (size, name) in files where size != "-" {
      let file = entry.appending(name)
      let digest =
        if let read = known[name] { read } else { try ContentKey(ofFile: file).hexadecimal }
      guard digests.contains(where: { $0 == (digest, name) }) else {
        return .damaged("\(file) is not what was written: its SHA-256 is another one")
      }
    }
    return .whole
  }

  /// What a list says of each name; nil where it is missing, cut short or garbled.
  private static func rows(
    of list: FilePath, separator: String
  ) throws(HostFileError) -> [(String, name: String)]? {
    guard HostFile.exists(list) else { return nil }
    let bytes = try HostFile.read(list, limit: 1 << 20)
    let newline = UInt8(ascii: "\n")
    guard bytes.isEmpty || bytes.last == newline else { return nil }
    var rows: [(String, name: String)] = []
    for line in bytes.split(separator: newline) {
      guard let gap = line.firstIndex(where: { $0 == separator.utf8.first }),
        line[gap...].starts(with: separator.utf8)
      else { return nil }
      rows.append(
        (
          String(decoding: line[..<gap], as: UTF8.self),
          name: String(decoding: line[gap...].dropFirst(separator.utf8.count), as: UTF8.self)
        ))
    }
    return rows
  }

  /// The size of a regular file in bytes; nil for anything else.
  private static func size(of path: FilePath) throws(HostFileError) -> String? {
    do {
      let stat = try path.stat(followTargetSymlink: false)
      return stat.type == .regular ? String(stat.size) : nil
    } catch {
      throw HostFileError(.read, path, error)
    }
  }
}
