// SPDX-License-Identifier: Apache-2.0

/// A line of Android's logcat with times and threads: `05-26 20:26:46.899     0     0 I cma     : Reserved`.
struct LogcatEntry {
  /// Whether it is from the kernel's buffer, whose entries have no process.
  let isKernels: Bool
  /// With the tag in front that logcat cut off at the first colon.
  let message: ArraySlice<UInt8>

  /// Nil for any other line.
  init?(_ line: ArraySlice<UInt8>) {
    var rest = line
    guard rest.skipDigits(2...2), rest.popFirst() == UInt8(ascii: "-"), rest.skipDigits(2...2),
      rest.popFirst() == UInt8(ascii: " "), rest.skipClock()
    else { return nil }
    var isZero = true
    for _ in 0..<2 {
      rest.skipBlanks()
      let number = rest.prefix { $0.isDecimalDigit }
      guard !number.isEmpty else { return nil }
      isZero = isZero && number.allSatisfy { $0 == UInt8(ascii: "0") }
      rest = rest.dropFirst(number.count)
    }
    rest.skipBlanks()
    guard let level = rest.popFirst(), "VDIWEFS".utf8.contains(level),
      rest.first.map(\.isBlank) ?? true
    else { return nil }
    rest.skipBlanks()
    isKernels = isZero
    message = Self.joined(rest)
  }

  /// `cma     : Reserved` as `cma: Reserved`, and what has no tag without its colon.
  private static func joined(_ entry: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let colon = entry.firstIndex(of: UInt8(ascii: ":")) else { return entry }
    let tag = entry[..<colon]
    guard !tag.isEmpty else { return entry.dropFirst().drop { $0.isBlank } }
    guard tag.last?.isBlank == true else { return entry }
    return (Array(tag.trimmed) + entry[colon...])[...]
  }
}
