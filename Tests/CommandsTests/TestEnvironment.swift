// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// What the tests themselves were started in.
enum TestEnvironment {
  /// The variables that say where the user's cache is.
  static var variables: [String: String] {
    var variables: [String: String] = [:]
    for name in ["CMALAB_CACHE", "XDG_CACHE_HOME", "HOME"] {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    return variables
  }

  /// The checkout: boards, dts, kernel-config and images.
  static let checkout = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()
}
