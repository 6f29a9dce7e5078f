// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HostFiles
package import Records
import SystemPackage

/// The runs that are kept in the cache, of users who named no folder: the newest ones.
package struct KeptRuns: Sendable {
  /// How many runs are kept; at some 100 KB each, as their large files are links into the cache.
  package static let limit = 50

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

  /// Another cmalab may be doing the same, and what is left over now is removed another time.
  private func prune() {
    let names = ((try? HostFile.names(in: folder)) ?? [])
      .filter { $0.starts(with: #/[0-9]{8}-[0-9]{6}-[0-9]{9}-/#) }
    for name in names.dropLast(Self.limit - 1) {
      RunFolder(reading: folder.appending(name)).remove()
    }
  }
}
