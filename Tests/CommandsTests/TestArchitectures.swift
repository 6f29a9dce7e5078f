// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The architectures beyond arm64 that the tests boot.
enum TestArchitectures {
  /// Whether `$CMALAB_TEST_ARCHITECTURES`, separated by blanks, names 32-bit ARM: its kernels and
  /// its compiler are not for every test run.
  static let has32BitARM: Bool = {
    let asked = getenv("CMALAB_TEST_ARCHITECTURES").map { String(cString: $0) } ?? ""
    return asked.split(separator: " ").contains("arm")
  }()
}
