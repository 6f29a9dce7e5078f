// SPDX-License-Identifier: Apache-2.0

/// A kernel release: the two numbers that name its line, and the point release within it.
package struct KernelRelease: Hashable, Sendable {
  package let major: Int
  package let minor: Int
  /// Nil where the text does not tell: `6.1` names a line, and so does `6.1.0-56-arm64`, whose last
  /// numbers are Debian's.
  package let patch: Int?

  package init(major: Int, minor: Int, patch: Int? = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads what uname, a .config or a user says: `6.1`, `6.1.192`, `6.1.0-56-arm64`, `7.2-rc3`.
  package init?(_ release: String) {
    let words = release.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    let numbers = words.map { Int($0.prefix { $0.isASCII && $0.isWholeNumber }) }
    guard numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
    let patch = numbers.count == 3 ? numbers[2] : nil
    self.init(
      major: major, minor: minor,
      patch: numbers.count == 3 && Self.isABIName(words[2]) ? nil : patch)
  }

  /// `0-56-arm64`: Debian counts the changes of the module interface there.
  private static func isABIName(_ word: Substring) -> Bool {
    let parts = word.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count >= 2 && parts[0] == "0" && Int(parts[1]) != nil
  }

  /// `6.1`.
  package var line: String { "\(major).\(minor)" }
}

extension KernelRelease: Comparable {
  /// A release whose point release is not known counts as the newest of its line.
  package static func < (left: KernelRelease, right: KernelRelease) -> Bool {
    (left.major, left.minor, left.patch ?? .max) < (right.major, right.minor, right.patch ?? .max)
  }
}

extension KernelRelease: CustomStringConvertible {
  /// `6.1.192`, or `6.1` where the point release is not known.
  package var description: String { patch.map { "\(line).\($0)" } ?? line }
}
