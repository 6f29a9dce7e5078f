// SPDX-License-Identifier: Apache-2.0
import Transcripts

/// What a pool has been asked for since boot: /sys/kernel/mm/cma/NAME, from 6.1 on (mm/cma_sysfs.c).
package struct CMAStatistics: Hashable, Sendable {
  /// The pool's name, as ``CMAArea/name`` has it.
  package let name: String
  /// Pages that were handed out, those that have come back included.
  package let allocatedPages: UInt64
  /// Pages that were asked for in vain.
  package let refusedPages: UInt64

  /// Every pool of the record, by name.
  static func all(in record: GuestRecord) -> [Fact<CMAStatistics>] {
    let tree = ValueTree(record)
    let suffix = "/alloc_pages_success"
    return tree.values.keys.sorted().compactMap { path in
      guard path.hasSuffix(suffix), let success = tree.values[path],
        let allocated = UInt64(success.value)
      else { return nil }
      let name = String(path.dropLast(suffix.count))
      guard let refused = tree.number("\(name)/alloc_pages_fail") else { return nil }
      return Fact(
        CMAStatistics(name: name, allocatedPages: allocated, refusedPages: refused),
        success.evidence)
    }
  }
}
