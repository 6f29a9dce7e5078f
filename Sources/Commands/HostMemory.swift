// SPDX-License-Identifier: Apache-2.0
import HostFiles
import Quantities
import SystemPackage

/// The memory of this machine.
enum HostMemory {
  /// What programs may still take without swapping (proc(5), /proc/meminfo, MemAvailable).
  static func available() throws -> ByteCount {
    let file = FilePath("/proc/meminfo")
    let text = String(decoding: try HostFile.read(file, limit: 1 << 16), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    guard let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ UInt64($0) })
    else { throw HostFileError(.read, file, "it has no MemAvailable") }
    return ByteCount(kibibytes << 10)
  }
}
