// SPDX-License-Identifier: Apache-2.0
import SystemPackage

/// The list, inside a cache entry, of the files directly in it and their sizes in bytes.
///
/// Sizes find what really happens to a cache (a full disk, a copy cut short, a cleaner that took a
/// file) at the price of a few stat(2) calls a run. Folders below are listed by name only.
enum EntryManifest {
  enum Condition: Equatable {
    case absent
    case whole
    case damaged(String)
  }

  private static let name = "manifest"

  static func write(for entry: FilePath) throws(HostFileError) {
    var lines = ""
    for name in try HostFile.names(in: entry) {
      lines += "\(try size(of: entry.appending(name)))\t\(name)\n"
    }
    try HostFile.write(Array(lines.utf8), to: entry.appending(name))
  }

  static func check(_ entry: FilePath) throws(HostFileError) -> Condition {
    guard HostFile.exists(entry) else { return .absent }
    let manifest = entry.appending(name)
    guard HostFile.exists(manifest) else { return .damaged("\(entry) has no manifest") }
    let text = String(decoding: try HostFile.read(manifest, limit: 1 << 20), as: UTF8.self)
    guard text.hasSuffix("\n") || text.isEmpty else { return .damaged("\(manifest) is cut short") }
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 1)
      guard fields.count == 2 else { return .damaged("\(manifest) is garbled") }
      let file = entry.appending(String(fields[1]))
      guard HostFile.exists(file) else { return .damaged("\(file) is missing") }
      let size = try size(of: file)
      guard size == fields[0] else {
        return .damaged("\(file) has \(size) bytes where \(fields[0]) were written")
      }
    }
    return .whole
  }

  /// The size in bytes of a file, or `-` for anything else.
  private static func size(of path: FilePath) throws(HostFileError) -> String {
    do {
      let stat = try path.stat(followTargetSymlink: false)
      return stat.type == .regular ? String(stat.size) : "-"
    } catch {
      throw HostFileError(.read, path, error)
    }
  }
}
