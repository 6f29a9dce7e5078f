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
  private let root: FilePath
  private let architecture: String

  /// - Parameters:
  ///   - root: a folder that is its own; what it holds is worthless afterwards.
  ///   - architecture: as Debian names it: `arm64`.
  package init(root: FilePath, architecture: String) {
    self.root = root
    self.architecture = architecture
  }

  private static let keyring = FilePath("/usr/share/keyrings/debian-archive-keyring.gpg")

  /// Downloads the lists of a release, or of another suite of the same mirrors.
  ///
  /// - Parameter suite: nil for the release's own suites.
  /// - Throws: `DebianError.noSource` where the system's apt has no mirror of the release.
  package func update(from release: DebianRelease, suite: String? = nil) async throws {
    let sources = try await sources(of: release, suite: suite)
    guard !sources.isEmpty else { throw DebianError.noSource(suites: release.suites) }
    for folder in ["lists/partial", "cache/archives/partial", "none"] {
      try HostFile.createDirectory(root.pushing(FilePath(folder)))
    }
    try HostFile.write(Array(configuration.utf8), to: configurationFile)
    try HostFile.write([], to: root.appending("status"))
    try HostFile.write(Array(sources.utf8), to: root.appending("sources.list"))
    // A mirror that is down is none of ours if another one has the package; its words are kept for
    // the case that none has.
    let update = try await apt("apt-get", ["update", "--quiet"]).collect(deadline: Self.deadline)
    try HostFile.write(update.standardError, to: updateErrors)
  }

  /// The names of the packages that one depends on, without their versions.
  ///
  /// - Throws: `DebianError.noPackage`.
  package func dependencies(of package: String) async throws -> [String] {
    let result = try await apt("apt-cache", ["show", "--no-all-versions", "--", package])
      .collect(deadline: Self.deadline)
    let field = "Depends: "
    let line = String(decoding: result.standardOutput, as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix(field) }
    guard result.status.isSuccess, let line else {
      let said = try HostFile.read(updateErrors, limit: 1 << 20) + result.standardError
      throw DebianError.noPackage(package, said: ToolCommand.tail(of: said, lines: 5))
    }
    return line.dropFirst(field.count).split(separator: ",").compactMap { dependency in
      dependency.split(separator: " ").first.map(String.init)
    }
  }

  /// Downloads a package into a folder that has no other.
  package func download(_ package: String, to folder: FilePath) async throws -> FilePath {
    _ = try await apt("apt-get", ["download", "--quiet", "--", package], in: folder)
      .output(deadline: Self.deadline)
    let name = try HostFile.names(in: folder).first { $0.hasSuffix(".deb") }
    guard let name else {
      throw DebianError.noPackage(package, said: "nothing was downloaded")
    }
    return folder.appending(name)
  }

  /// For a slow mirror; a kernel is 60 MB.
  private static let deadline = Duration.seconds(600)

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
  private func sources(of release: DebianRelease, suite: String?) async throws -> String {
    let listed = try await ToolCommand(
      .named("apt-get"), ["update", "--print-uris"], environment: ["LC_ALL": "C"]
    ).output(deadline: .seconds(60))
    let mirrors = String(decoding: listed, as: UTF8.self).split(separator: "\n")
      .compactMap { Mirror(printed: $0) }
    let wanted =
      suite.map { suite in
        mirrors.filter { $0.suite == release.codename }
          .map { Mirror(address: $0.address, suite: suite) }
      } ?? mirrors.filter { release.suites.contains($0.suite) }
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
