// SPDX-License-Identifier: Apache-2.0
import HostFiles
package import SystemPackage

/// The Debian release that this host runs.
package struct DebianRelease: Hashable, Sendable {
  /// `bookworm`.
  package let codename: String

  /// The suites that a release's packages come from.
  package var suites: [String] { [codename, "\(codename)-updates", "\(codename)-security"] }

  /// - Throws: `DebianError.notDebian`, `HostFileError`.
  package init(describedIn file: FilePath) throws {
    let text = String(decoding: try HostFile.read(file, limit: 1 << 16), as: UTF8.self)
    var fields: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let pair = line.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { fields[String(pair[0])] = pair[1].filter { $0 != "\"" } }
    }
    guard fields["ID"] == "debian", let codename = fields["VERSION_CODENAME"] else {
      throw DebianError.notDebian(fields["PRETTY_NAME"] ?? "an unknown system")
    }
    self.codename = codename
  }
}

/// Why a package of Debian's cannot be had.
package enum DebianError: Error, Hashable, CustomStringConvertible {
  case notDebian(String)
  case noSource(suites: [String])
  case noPackage(String, said: String)
  case notInPackage(String, file: String)

  package var description: String {
    switch self {
    case .notDebian(let name):
      "this machine runs \(name): packages are only looked for on Debian"
    case .noSource(let suites):
      "apt knows no source for \(suites.joined(separator: ", ")): add one to /etc/apt/sources.list"
    case .noPackage(let package, let said):
      "apt has no package \(package), look at its sources:\n\(said)"
    case .notInPackage(let package, let file):
      "the package \(package) has no \(file): look at what else apt offers"
    }
  }
}
