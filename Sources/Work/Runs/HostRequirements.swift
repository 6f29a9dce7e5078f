// SPDX-License-Identifier: Apache-2.0
package import HostFiles
import HostProcesses
package import SystemPackage

/// What cmalab needs of its host: programs and files, each with the Debian package that brings it.
///
/// The list is a file of its own, because `.ci/setup` reads it too, before there is a cmalab.
package struct HostRequirements: Sendable {
  package static let fileName = "host-packages.tsv"

  package struct Requirement: Hashable, Sendable {
    package enum Kind: String, Sendable {
      /// Looked up in PATH.
      case program
      /// An absolute path.
      case file
    }

    /// What is not possible without it; the raw value begins a kind's name in the list.
    package enum Use: String, Sendable, CaseIterable {
      case anyRun = ""
      case arm32 = "arm-"
      case debugging = "gdb-"
      case building = "build-"
    }

    package let kind: Kind
    package let use: Use
    /// A program's name, or a file's path.
    package let name: String
    package let package: String
    /// How a program is asked for its version; empty for one that has no way to say.
    let versionFlag: String
    /// What it is needed for.
    package let purpose: String
  }

  package struct Finding: Sendable {
    package let requirement: Requirement
    package let isPresent: Bool
    /// The version that was found, or what the thing is needed for.
    package let words: String
  }

  package let requirements: [Requirement]

  /// Of what only the tests need, which is no user's business.
  private static let testPrefix = "test-"

  /// - Throws: `HostFileError` for a list that cannot be read or understood.
  package init(listedIn file: FilePath) throws(HostFileError) {
    let text = String(decoding: try HostFile.read(file, limit: 1 << 16), as: UTF8.self)
    var requirements: [Requirement] = []
    for (index, line) in text.split(separator: "\n").enumerated()
    where !line.hasPrefix("#") && !line.hasPrefix(Self.testPrefix) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let use =
        Requirement.Use.allCases.last { fields[0].hasPrefix($0.rawValue) } ?? .anyRun
      let kindName = String(fields[0].dropFirst(use.rawValue.count))
      guard fields.count == 5, let kind = Requirement.Kind(rawValue: kindName) else {
        throw HostFileError(.read, file, "line \(index + 1) is not a requirement")
      }
      requirements.append(
        Requirement(
          kind: kind, use: use, name: fields[1], package: fields[2],
          versionFlag: fields[3] == "-" ? "" : fields[3], purpose: fields[4]))
    }
    self.requirements = requirements
  }

  /// Looks for everything on the list.
  package func findings(_ fingerprints: FileFingerprints) async throws -> [Finding] {
    var findings: [Finding] = []
    for requirement in requirements {
      findings.append(try await finding(requirement, fingerprints))
    }
    return findings
  }

  private func finding(
    _ requirement: Requirement, _ fingerprints: FileFingerprints
  ) async throws -> Finding {
    func absent() -> Finding {
      Finding(
        requirement: requirement, isPresent: false,
        words: "\(requirement.purpose) (package \(requirement.package))")
    }
    switch requirement.kind {
    case .file:
      guard HostFile.exists(FilePath(requirement.name)) else { return absent() }
      return Finding(requirement: requirement, isPresent: true, words: requirement.purpose)
    case .program:
      guard (try? ToolSearch.path(of: requirement.name)) != nil else { return absent() }
      let banner =
        requirement.versionFlag.isEmpty
        ? ""
        : try await fingerprints.version(
          of: requirement.name, arguments: [requirement.versionFlag])
      let version = banner.split(separator: "\n").first.map { String($0.prefix(60)) }
      return Finding(
        requirement: requirement, isPresent: true, words: version ?? requirement.purpose)
    }
  }
}
