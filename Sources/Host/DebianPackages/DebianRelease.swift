// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import SystemPackage

// What Debian's archive carries beyond what this host has installed: packages of other suites and
// architectures, downloaded by an apt whose lists and state are its own.

/// The Debian release that this host runs.
package struct DebianRelease: Hashable, Sendable {
  /// `bookworm`.
  package let codename: String

  /// The suites that a release's packages come from.
  package var suites: [String] { [codename, "\(codename)-updates", "\(codename)\(Self.security)"] }

  /// The one of ``suites`` that is on the same mirrors as another release's suite: security
  /// suites have mirrors of their own.
  func sibling(of suite: String) -> String {
    suite.hasSuffix(Self.security) ? "\(codename)\(Self.security)" : codename
  }

  private static let security = "-security"

  /// - Throws: `DebianError.notDebian`, `HostFileError`.
  package init(describedIn file: FilePath = "/etc/os-release") throws {
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
