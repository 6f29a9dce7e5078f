// SPDX-License-Identifier: Apache-2.0
import Glibc
package import SystemPackage

extension HostFile {
  /// Calls `body` with each line of a regular file in turn, without its newline. Not more than a piece of
  /// the file is in memory, and for the time of a call.
  ///
  /// - Parameter limit: a larger file is refused, in bytes.
  package static func forEachLine(
    of path: FilePath, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(HostFileError) {
    var lines = LineBuffer()
    do {
      let file = try openRegular(path)
      defer { try? file.close() }
      var total = 0
      while true {
        let count = try lines.append { try file.read(into: $0) }
        if count == 0 { break }
        total += count
        guard total <= limit else {
          throw HostFileError(.read, path, "it is larger than \(limit) bytes")
        }
        lines.takeLines(body)
      }
    } catch let error as HostFileError {
      throw error
    } catch {
      throw HostFileError(.read, path, error)
    }
    lines.takeRest(body)
  }
}

/// Bytes of a text, of which whole lines are taken.
private struct LineBuffer {
  private var bytes = [UInt8](repeating: 0, count: 1 << 16)
  private var filled = 0

  /// - Parameter read: puts bytes where it is told to, and returns how many.
  mutating func append(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
    // A line that is longer than all that there is room for.
    if filled == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
    let start = filled
    let count = try bytes.withUnsafeMutableBytes {
      try read(UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
    }
    filled += count
    return count
  }

  mutating func takeLines(_ body: (UnsafeRawBufferPointer) -> Void) {
    let count = filled
    filled = bytes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      var start = 0
      // memchr finds the ends of 15,000 lines in no time.
      while let newline = memchr(base + start, Int32(UInt8(ascii: "\n")), count - start) {
        let end = base.distance(to: newline)
        body(UnsafeRawBufferPointer(start: base + start, count: end - start))
        start = end + 1
      }
      memmove(base, base + start, count - start)
      return count - start
    }
  }

  /// The last line, where no newline ends it.
  mutating func takeRest(_ body: (UnsafeRawBufferPointer) -> Void) {
    guard filled > 0 else { return }
    let count = filled
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    filled = 0
  }
}
