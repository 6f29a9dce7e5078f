// SPDX-License-Identifier: Apache-2.0

import HostProcesses
package import SystemPackage

/// A Debian package in a file (deb(5)), read through dpkg-deb: what it says of itself, and files of it
/// without unpacking the rest.
package struct PackageArchive: Sendable {
  private let path: FilePath

  /// What a package may hold in all, unpacked.
  static let contentLimit: UInt64 = 8 << 30
  private static let memoryLimit: UInt64 = 1 << 30
  private static let deadline = Duration.seconds(600)

  package init(at path: FilePath) {
    // A name that begins with a dash would be an option.
    self.path = path.isRelative ? FilePath(".").pushing(path) : path
  }

  /// What a package is, by its control file.
  package struct Identity: Hashable, Sendable {
    package let name: String
    package let version: String
    /// As Debian names it: `arm64`, `armhf`, `all`.
    package let architecture: String
  }

  /// - Throws: `PackageArchiveError`, `ToolError`.
  package func identity() async throws -> Identity {
    let names = ["Package", "Version", "Architecture"]
    let output: [UInt8]
    do {
      output = try await dpkg("--field", names).output(deadline: Self.deadline)
    } catch let error as ToolError {
      throw Self.damage(error)
    }
    var fields: [Substring: String] = [:]
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = String(parts[1].drop { $0 == " " }) }
    }
    guard let name = fields["Package"], let version = fields["Version"],
      let architecture = fields["Architecture"]
    else { throw PackageArchiveError.damaged("it names no package") }
    return Identity(name: name, version: version, architecture: architecture)
  }

  /// The content of some files of the package.
  ///
  /// - Parameters:
  ///   - want: the most bytes that a file may have, by its path from the root (`boot/config-6.1`); nil
  ///     for one that is not wanted.
  ///   - isEnough: whether what has been found will do; nothing more is read then.
  /// - Throws: `PackageArchiveError`, `ToolError`.
  package func files(
    want: @escaping @Sendable (_ name: String) -> Int?,
    isEnough: @escaping @Sendable (_ names: Set<String>) -> Bool
  ) async throws -> [String: [UInt8]] {
    do {
      return try await dpkg("--fsys-tarfile").reduce(
        into: TarReader(limit: Self.contentLimit, want: want), deadline: Self.deadline
      ) { reader, bytes in
        try reader.take(bytes)
        return !isEnough(Set(reader.files.keys))
      }.files
    } catch let error as TarError {
      throw PackageArchiveError(error)
    } catch let error as ToolError {
      throw Self.damage(error)
    }
  }

  private func dpkg(_ action: String, _ arguments: [String] = []) -> ToolCommand {
    ToolCommand(
      .named("dpkg-deb"), [action, path.string] + arguments, environment: ["LC_ALL": "C"],
      memoryLimit: Self.memoryLimit)
  }

  /// What dpkg-deb refuses is the package's fault.
  private static func damage(_ error: ToolError) -> any Error {
    guard case .failed(_, let said) = error.reason else { return error }
    let line = said.split(separator: "\n").last.map(String.init) ?? "dpkg-deb gave no reason"
    return PackageArchiveError.damaged(line)
  }
}

/// Why a package cannot be read, in words that follow its name.
package enum PackageArchiveError: Error, Hashable, CustomStringConvertible {
  /// In dpkg-deb's own words.
  case damaged(String)
  case tooLarge
  case fileTooLarge(String, limit: Int)

  init(_ error: TarError) {
    switch error {
    case .damaged: self = .damaged("its tar archive has a header that is not one")
    case .tooLarge: self = .tooLarge
    case .fileTooLarge(let name, let limit): self = .fileTooLarge(name, limit: limit)
    }
  }

  package var description: String {
    switch self {
    case .damaged(let why): "it is a Debian package that is cut or damaged (\(why))"
    case .tooLarge:
      "it is a Debian package of more than \(PackageArchive.contentLimit >> 30) GiB"
    case .fileTooLarge(let name, let limit): "its \(name) has more than \(limit >> 20) MiB"
    }
  }
}
