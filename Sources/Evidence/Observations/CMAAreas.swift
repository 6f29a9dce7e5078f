// SPDX-License-Identifier: Apache-2.0
package import Quantities
import Transcripts

/// A pool as /sys/kernel/debug/cma shows it.
package struct CMAArea: Hashable, Sendable {
  /// The default pool's, on every kernel line (kernel/dma/contiguous.c).
  package static let defaultName = "reserved"

  /// ``defaultName``, or the device-tree node's name.
  package let name: String
  package let range: PhysicalRange
  /// Whether the kernel may have cut the name to its first letters: before 6.1 it had 15 characters
  /// for it, `cma-` among them (mm/cma_debug.c, cma_debugfs_add_one).
  let isNameCut: Bool
  /// Pages that are allocated.
  package let usedPages: UInt64?
  /// The longest run of free pages.
  package let largestFreePages: UInt64?
}

extension CMAArea {
  /// Whether this is the pool of that name, as far as the kernel tells.
  package func isCalled(_ name: String) -> Bool {
    isNameCut ? name.hasPrefix(self.name) : name == self.name
  }
}

/// The values that the kernel shows as a folder of one-line files.
struct ValueTree {
  private(set) var values: [String: Fact<String>] = [:]

  init(_ record: GuestRecord) {
    for line in record.lines {
      let fields = line.text.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
      guard fields.count == 2 else { continue }
      values[String(fields[0])] = Fact(String(fields[1]), Evidence(record, line))
    }
  }

  func number(_ path: String) -> UInt64? { values[path].flatMap { UInt64($0.value) } }
}

/// mm/cma_debug.c, cma_debugfs_add_one: `NAME/base_pfn` and `NAME/count`, the name prefixed with
/// `cma-` before 6.1; both are in pages of the guest.
package struct CMAAreas: Hashable, Sendable {
  package let areas: [Fact<CMAArea>]

  /// The first release without the prefix.
  private static let plainNames = KernelRelease(major: 6, minor: 1)

  /// - Parameter release: the guest's; nil where it is not known.
  init(_ record: GuestRecord, pageSize: ByteCount, release: KernelRelease?) {
    let tree = ValueTree(record)
    let suffix = "/base_pfn"
    let folders = tree.values.keys.sorted()
      .filter { $0.hasSuffix(suffix) && !$0.contains("/ranges/") }
      .map { String($0.dropLast(suffix.count)) }
    let oldPrefix = "cma-"
    // A node may be called `cma-…` itself; the old prefix is on every folder.
    let isOld =
      (release.map { $0 < Self.plainNames } ?? true)
      && folders.allSatisfy { $0.hasPrefix(oldPrefix) }
    areas = folders.compactMap { folder in
      guard let base = tree.values[folder + suffix], let pfn = UInt64(base.value),
        let count = tree.number("\(folder)/count"),
        let range = Self.range(pfn: pfn, count: count, pageSize)
      else { return nil }
      let area = CMAArea(
        name: isOld ? String(folder.dropFirst(oldPrefix.count)) : folder, range: range,
        isNameCut: isOld && folder.utf8.count == 15, usedPages: tree.number("\(folder)/used"),
        largestFreePages: tree.number("\(folder)/maxchunk"))
      return Fact(area, base.evidence)
    }
  }

  private static func range(pfn: UInt64, count: UInt64, _ pageSize: ByteCount) -> PhysicalRange? {
    let (start, startOverflow) = pfn.multipliedReportingOverflow(by: pageSize.bytes)
    let (size, sizeOverflow) = count.multipliedReportingOverflow(by: pageSize.bytes)
    guard !startOverflow, !sizeOverflow else { return nil }
    return PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
  }
}
