// SPDX-License-Identifier: Apache-2.0
package import Quantities
import Transcripts

/// /proc/meminfo: the figures that say how much CMA there is.
package struct MemoryInfo: Hashable, Sendable {
  /// All pools together; nil on a kernel without CMA.
  package let cmaTotal: Fact<ByteCount>?
  /// What is free of them. Not what can be allocated: movable pages borrow from the rest.
  package let cmaFree: Fact<ByteCount>?
  package let memoryTotal: Fact<ByteCount>?

  init(_ record: GuestRecord) {
    var figures: [String: Fact<ByteCount>] = [:]
    for line in record.lines {
      // "CmaTotal:        3072000 kB"
      let words = line.text.split(separator: " ")
      guard words.count == 3, words[2] == "kB", words[0].hasSuffix(":"),
        let size = try? ByteCount(parsing: "\(words[1])K")
      else { continue }
      figures[String(words[0].dropLast())] = Fact(size, Evidence(record, line))
    }
    cmaTotal = figures["CmaTotal"]
    cmaFree = figures["CmaFree"]
    memoryTotal = figures["MemTotal"]
  }
}
