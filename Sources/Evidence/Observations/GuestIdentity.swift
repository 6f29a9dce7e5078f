// SPDX-License-Identifier: Apache-2.0

package import KernelConsole
package import Quantities
import Transcripts

/// What the guest is: its kernel, its CPUs, its pages.
package struct GuestIdentity: Hashable, Sendable {
  /// uname's release: `6.1.192`.
  package let kernelRelease: Fact<String>?
  /// In bytes, as user space has it (getpagesize).
  package let pageSize: Fact<ByteCount>?
  /// The pages of a pageblock, /proc/pagetypeinfo: the unit in which CMA is handed to the buddy
  /// allocator.
  package let pageblockPages: Fact<UInt64>?
  /// The largest block of the buddy allocator is 2^this pages, /proc/pagetypeinfo's last column.
  package let largestOrder: Fact<UInt64>?
  /// How many CPUs are online.
  package let onlineCPUs: Fact<Int>?
  /// The command line that the kernel was started with.
  package let commandLine: Fact<String>?
  /// What the kernel says of its own state, /proc/sys/kernel/tainted.
  package let taint: Fact<KernelTaint>?
  /// Seconds from the kernel's start to the last record, by the guest's own clock.
  package let uptime: Fact<Double>?
  /// The device tree blob that the kernel was given: bytes and CRC-32.
  package let flattenedTree: Fact<FlattenedTreeDigest>?

  package struct FlattenedTreeDigest: Hashable, Sendable {
    package let bytes: UInt64
    package let checksum: UInt32

    package init(bytes: UInt64, checksum: UInt32) {
      self.bytes = bytes
      self.checksum = checksum
    }
  }

  init(_ transcript: Transcript) {
    kernelRelease = transcript.fact("uname", "release ") { $0 }
    pageSize = transcript.fact("uname", "page-size ") { try? ByteCount(parsing: $0) }
    pageblockPages = transcript.fact("pagetypeinfo", "Pages per block:") {
      UInt64($0.drop { $0 == " " })
    }
    largestOrder = transcript.fact("pagetypeinfo", "Free pages count per migrate type at order ") {
      $0.split(separator: " ").last.flatMap { UInt64($0) }
    }
    onlineCPUs = transcript.fact("cpus", "online ", Self.count)
    commandLine = transcript.fact("cmdline", "") { $0 }
    taint = transcript.fact("taint", "") { UInt64($0).map(KernelTaint.init) }
    uptime = transcript.fact("end", "uptime ") { Double($0) }
    flattenedTree = transcript.fact("fdt", "crc32 ") { text in
      guard let checksum = UInt32(text, radix: 16),
        let bytes = transcript.fact("fdt", "bytes ", { UInt64($0) })
      else { return nil }
      return FlattenedTreeDigest(bytes: bytes.value, checksum: checksum)
    }
  }

  /// The members of a CPU list as the kernel prints it: `0-3,5`.
  private static func count(_ list: String) -> Int? {
    var count = 0
    for part in list.split(separator: ",") {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
        last < 1 << 16
      else { return nil }
      count += last - first + 1
    }
    return count > 0 ? count : nil
  }
}

extension Transcript {
  /// The first line of a record that starts with `prefix`, the rest of it read by `read`.
  fileprivate func fact<Value>(
    _ name: String, _ prefix: String, _ read: (String) -> Value?
  ) -> Fact<Value>? {
    guard let record = record(name),
      let line = record.lines.first(where: { $0.text.hasPrefix(prefix) && !$0.isExcuse }),
      let value = read(String(line.text.dropFirst(prefix.count)))
    else { return nil }
    return Fact(value, Evidence(record, line))
  }
}

extension GuestRecord.Line {
  /// Whether the line says why there is nothing to read: `!absent ENOENT /sys/…`.
  var isExcuse: Bool { text.hasPrefix("!") }
}
