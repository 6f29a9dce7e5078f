// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
package import SystemPackage

/// An apt with lists, cache and architecture of its own, for any user: the system's own apt, its
/// lists and what is installed are not touched.
///
/// It takes the mirrors, proxies and passwords that the system's apt is set up with, and believes
/// only what Debian's archive keys have signed.
package struct PrivateApt: Sendable {
  let root: FilePath
  private let suites: [String]
  private let release: DebianRelease
  private let architecture: String

  /// - Parameters:
  ///   - suites: what it knows packages of: the release's own suites, or others of the same mirrors.
  ///   - architecture: as Debian names it: `arm64`.
  ///   - root: a folder that is its own; what it holds is worthless afterwards.
  package init(
    suites: [String], of release: DebianRelease, architecture: String, root: FilePath
  ) {
    self.root = root
    self.suites = suites
    self.release = release
    self.architecture = architecture
  }

  private static let keyring = FilePath("/usr/share/keyrings/debian-archive-keyring.gpg")

  /// Downloads the suites' lists.
  ///
  /// - Throws: `DebianError.noMirror` where the system's apt has no mirror of them.
  package func update() async throws {
    let sources = try await sources()
    for folder in ["lists/partial", "cache/archives/partial", "none"] {
      try HostFile.createDirectory(root.pushing(FilePath(folder)))
    }
    try HostFile.write(Array(configuration.utf8), to: configurationFile)
    try HostFile.write([], to: root.appending("status"))
    try HostFile.write(Array(sources.utf8), to: root.appending("sources.list"))
    // A mirror that is down does no harm if another one has the package; what is said of it is kept
    // for the case that none has.
    let update = try await apt("apt-get", ["update", "--quiet"]).collect(deadline: Self.deadline)
    try HostFile.write(update.status.isSuccess ? [] : update.standardError, to: updateErrors)
  }

  /// The newest version of a package.
  ///
  /// - Throws: `DebianError.noSuite`, `DebianError.noPackage`.
  package func version(of package: String) async throws -> String {
    try await field("Version", of: package)
  }

  /// The names of the packages that one depends on, without their versions.
  ///
  /// - Throws: `DebianError.noSuite`, `DebianError.noPackage`.
  package func dependencies(of package: String) async throws -> [String] {
    try await field("Depends", of: package).split(separator: ",").compactMap { dependency in
      dependency.split(separator: " ").first.map(String.init)
    }
  }

  private func field(_ name: String, of package: String) async throws -> String {
    let result = try await apt("apt-cache", ["show", "--no-all-versions", "--", package])
      .collect(deadline: Self.deadline)
    let label = "\(name): "
    let line = String(decoding: result.standardOutput, as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix(label) }
    guard result.status.isSuccess, let line else {
      let names = suites.joined(separator: ", ")
      let said = try HostFile.read(updateErrors, limit: 1 << 20)
      throw said.isEmpty
        ? DebianError.noPackage(package, suite: names)
        : DebianError.noSuite(names, said: ToolCommand.tail(of: said, lines: 5))
    }
    return String(line.dropFirst(label.count))
  }

  /// Downloads the newest version of a package.
  ///
  /// - Returns: the archive, below the root.
  /// - Throws: `DebianError.noDownload`, `ToolError`, `HostFileError`.
  package func download(_ package: String) async throws -> FilePath {
    let folder = root.appending("packages").appending(package)
    try HostFile.createDirectory(folder)
    let result = try await apt("apt-get", ["download", "--quiet", "--", package], in: folder)
      .collect(deadline: Self.deadline)
    let name = try HostFile.names(in: folder).first { $0.hasSuffix(".deb") }
    guard result.status.isSuccess, let name else {
      throw DebianError.noDownload(
        package, said: ToolCommand.tail(of: result.standardError, lines: 5))
    }
    return folder.appending(name)
  }

  /// For a slow mirror; a kernel's source is 140 MB.
  static let deadline = Duration.seconds(900)

  private var configurationFile: FilePath { root.appending("apt.conf") }

  private var updateErrors: FilePath { root.appending("update.errors") }

  /// Read after the system's own settings (apt.conf(5)), of which the hooks must not run: they tidy
  /// the system's folders.
  private var configuration: String {
    """
    #clear APT::Update::Pre-Invoke;
    #clear APT::Update::Post-Invoke;
    #clear APT::Update::Post-Invoke-Success;
    #clear APT::Architectures;
    APT::Architecture "\(architecture)";
    APT::Architectures { "\(architecture)"; };
    APT::Sandbox::User "root";
    Acquire::Languages "none";
    Acquire::Retries "3";
    Dir::State "\(root)/";
    Dir::State::lists "\(root)/lists/";
    Dir::State::status "\(root)/status";
    Dir::Cache "\(root)/cache/";
    Dir::Etc::sourcelist "\(root)/sources.list";
    Dir::Etc::sourceparts "\(root)/none/";
    Dir::Etc::preferences "\(root)/preferences";
    Dir::Etc::preferencesparts "\(root)/none/";

    """
  }

  private func apt(
    _ program: String, _ arguments: [String], in folder: FilePath? = nil
  ) -> ToolCommand {
    ToolCommand(
      .named(program), ["--config-file=\(configurationFile)"] + arguments,
      environment: ["LC_ALL": "C"], directory: folder)
  }

  /// The lines of a sources.list, from what the system's own apt would download.
  ///
  /// A mirror that carries the host's release carries Debian's other suites beside it.
  private func sources() async throws -> String {
    let listed = try await ToolCommand(
      .named("apt-get"), ["update", "--print-uris"], environment: ["LC_ALL": "C"]
    ).output(deadline: .seconds(60))
    let mirrors = String(decoding: listed, as: UTF8.self).split(separator: "\n")
      .compactMap { Mirror(printed: $0) }
    let wanted = suites.flatMap { suite in
      let same = mirrors.filter { $0.suite == suite }
      let sibling = release.sibling(of: suite)
      return same.isEmpty
        ? mirrors.filter { $0.suite == sibling }.map { Mirror(address: $0.address, suite: suite) }
        : same
    }
    guard !wanted.isEmpty else {
      throw DebianError.noMirror(suite: suites.joined(separator: ", "))
    }
    return Set(wanted).map {
      "deb [signed-by=\(Self.keyring)] \($0.address) \($0.suite) main\n"
    }.sorted().joined()
  }
}

/// A suite on a mirror.
private struct Mirror: Hashable {
  let address: String
  let suite: String

  init(address: String, suite: String) {
    self.address = address
    self.suite = suite
  }

  /// Reads a line of `apt-get update --print-uris`; nil for any but a suite's own index:
  ///
  ///     'ADDRESS/dists/SUITE/InRelease' FILENAME 0
  init?(printed line: Substring) {
    guard let quoted = line.split(separator: "'").first, quoted.hasSuffix("/InRelease"),
      let folder = quoted.firstRange(of: "/dists/")
    else { return nil }
    address = String(quoted[..<folder.lowerBound])
    suite = String(quoted[folder.upperBound...].dropLast("/InRelease".count))
  }
}
