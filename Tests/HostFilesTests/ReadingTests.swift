// SPDX-License-Identifier: Apache-2.0

import HostFiles
import SystemPackage
import Testing

@Suite struct ReadingTests {
  @Test(arguments: [0, 1, 4095, (1 << 16) + 1, (1 << 20) + 1])
  func aFileIsReadWhole(_ size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try withFile(bytes) { (file) throws in
      #expect(try HostFile.read(file, limit: size) == bytes)
      guard size > 0 else { return }
      #expect(throws: HostFileError.self) { try HostFile.read(file, limit: size - 1) }
    }
  }

  /// It tells a size of 0.
  @Test func aFileOfTheKernelIsReadWhole() throws {
    let bytes = try HostFile.read("/proc/self/smaps", limit: 16 << 20)
    #expect(bytes.count > 4096)
    #expect(bytes.last == UInt8(ascii: "\n"))
    #expect(throws: HostFileError.self) { try HostFile.read("/proc/self/smaps", limit: 100) }
  }

  @Test(arguments: [
    [], [""], ["a"], ["", "", "b", ""], [String(repeating: "long", count: 100_000), "after"],
    (0..<20_000).map { "line \($0)" },
  ])
  func linesComeInTurn(_ lines: [String]) throws {
    let whole = lines.map { $0 + "\n" }.joined()
    try withFile(Array(whole.utf8)) { (file) throws in #expect(try self.lines(of: file) == lines) }
    try withFile(Array((whole + "the last").utf8)) { (file) throws in
      #expect(try self.lines(of: file) == lines + ["the last"])
    }
  }

  @Test func aFileOfTooManyLinesIsRefused() throws {
    try withFile(Array("one\ntwo\n".utf8)) { (file) throws in
      #expect(throws: HostFileError.self) {
        try HostFile.forEachLine(of: file, limit: 7) { _ in }
      }
    }
  }

  private func lines(of file: FilePath) throws -> [String] {
    var lines: [String] = []
    try HostFile.forEachLine(of: file, limit: 1 << 20) {
      lines.append(String(decoding: $0, as: UTF8.self))
    }
    return lines
  }

  private func withFile(_ bytes: [UInt8], _ body: (FilePath) throws -> Void) throws {
    let file = FilePath("/tmp/cmalab-reading-\(UInt64.random(in: 0 ... .max))")
    try HostFile.write(bytes, to: file)
    defer { try? HostFile.remove(file) }
    try body(file)
  }
}
