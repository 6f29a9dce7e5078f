// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The kernel lines that the tests boot.
enum TestLines {
  /// `$CMALAB_TEST_LINES`, separated by blanks; without it the default line alone, so that a test
  /// run needs one kernel.
  static let all: [String] = {
    let asked = getenv("CMALAB_TEST_LINES").map { String(cString: $0) } ?? ""
    let lines = asked.split(separator: " ").map(String.init)
    return lines.isEmpty ? ["6.1"] : lines
  }()
}
