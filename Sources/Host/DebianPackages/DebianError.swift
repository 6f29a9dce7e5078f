// SPDX-License-Identifier: Apache-2.0

/// Why a package of Debian's cannot be had.
package enum DebianError: Error, Hashable, CustomStringConvertible {
  case notDebian(String)
  /// No mirror in the system's apt sources carries the suite.
  case noMirror(suite: String)
  /// The mirrors do not have the suite; apt's own words.
  case noSuite(String, said: String)
  /// The suite does not have the package.
  case noPackage(String, suite: String)
  /// apt could not download the package; its own words.
  case noDownload(String, said: String)
  case notInPackage(String, file: String)
  /// None of the suites has the package, each with its reason.
  case nowhere(String, reasons: [DebianError])

  package var description: String {
    switch self {
    case .notDebian(let name):
      "this machine runs \(name): packages are only looked for on Debian"
    case .noMirror(let suite):
      "no mirror in apt's sources carries suite '\(suite)': add one to /etc/apt/sources.list"
    case .noSuite(let suite, let said):
      "suite '\(suite)' is not on the mirrors, perhaps because it has been archived:\n\(said)"
    case .noPackage(let package, let suite):
      "suite '\(suite)' has no package \(package)"
    case .noDownload(let package, let said):
      "apt cannot download package \(package), see its sources:\n\(said)"
    case .notInPackage(let package, let file):
      "package \(package) has no \(file): see what else apt offers"
    case .nowhere(let package, let reasons):
      "package \(package) is nowhere to be had:\n"
        + reasons.map { "  \($0)" }.joined(separator: "\n")
    }
  }
}
