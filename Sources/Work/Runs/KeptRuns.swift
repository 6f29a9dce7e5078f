// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HostFiles
package import Quantities
package import Records
import SystemPackage

/// The runs that are kept in the cache, of users who named no folder: the newest ones.
package struct KeptRuns: Sendable {
  /// How many runs are kept; at some 100 KB each, as their large files are links into the cache.
  package static let limit = 50
  /// What they may take in all, beside such links: a run that says more than usual makes room for itself.
  package static let largest = ByteCount.mebibytes(256)
  /// One that nobody named in so many days is a leftover.
  package static let oldestDays = 30

  /// Some of them.
  package struct Runs: Hashable, Sendable {
    fileprivate let names: [String]
    /// Without what lies in the cache as well.
    package let size: ByteCount
    /// Of the oldest, in whole days.
    package let days: Int

    package var count: Int { names.count }
  }

  private let folder: FilePath

  package init(cache: ContentCache) {
    folder = cache.root.appending("runs")
  }

  /// A new folder, its name sorting by time: `20261121-081500-123456789-arm64-4g-wide`.
  package func next(board: String, layout: String) throws -> RunFolder {
    prune()
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
      .map { padded($0, 2) }.joined()
    let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }.joined()
    let name = "\(date)-\(time)-\(padded(now.tv_nsec, 9))-\(board)-\(layout)"
    return try RunFolder(forNewRunAt: folder.appending(name))
  }

  /// All of them; nil where there is none.
  package func all() throws -> Runs? { try runs(names) }

  /// Those that are older than ``oldestDays``; nil where there is none.
  package func old() throws -> Runs? {
    try runs(names.filter { (days(of: $0) ?? 0) > Self.oldestDays })
  }

  /// Removes runs, but for one that is being written.
  package func remove(_ runs: Runs) {
    for name in runs.names { RunFolder(reading: folder.appending(name)).remove() }
  }

  private func runs(_ names: [String]) throws -> Runs? {
    guard !names.isEmpty else { return nil }
    return Runs(
      names: names, size: ByteCount(try names.reduce(0) { $0 + (try size(of: $1)) }),
      days: names.compactMap(days).max() ?? 0)
  }

  /// Oldest first.
  private var names: [String] {
    ((try? HostFile.names(in: folder)) ?? [])
      .filter { $0.starts(with: #/[0-9]{8}-[0-9]{6}-[0-9]{9}-/#) }
  }

  private func size(of name: String) throws(HostFileError) -> UInt64 {
    try HostFile.size(below: folder.appending(name), countsLinked: false).bytes
  }

  /// Nothing is written to a run once it has ended. Nil where another cmalab has removed it meanwhile.
  private func days(of name: String) -> Int? {
    guard let status = try? folder.appending(name).stat() else { return nil }
    return max(0, time(nil) - status.st_mtim.tv_sec) / 86_400
  }

  /// Another cmalab may be doing the same, and what is left over now is removed another time.
  private func prune() {
    var room = Self.largest.bytes
    var count = 1
    for name in names.reversed() {
      let size = (try? size(of: name)) ?? 0
      count += 1
      if count <= Self.limit, size <= room {
        room -= size
      } else {
        room = 0
        RunFolder(reading: folder.appending(name)).remove()
      }
    }
  }
}
