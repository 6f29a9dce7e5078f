// SPDX-License-Identifier: Apache-2.0
import HostFiles
package import MemoryRequests
package import Quantities
package import SystemPackage
import YAMLFiles

/// A kernel line: a stable series, and the Debian package that carries its source.
package struct KernelLine: Hashable, Sendable {
  /// `6.1`.
  package let name: String
  /// The Debian package with the source: `linux-source-6.1`.
  package let package: String
  /// The Debian suites that may carry the package; the newest version of it counts.
  package let suites: [String]
  /// What it is built for.
  package let architectures: [Architecture]
  /// Options of the fragments that the line does not have.
  package let without: [String]
  /// What stands for them on this line.
  package let with: [KernelOption]

  /// Where the package puts the source once it is installed.
  var installedArchive: FilePath { FilePath("/usr/src").appending("\(package).tar.xz") }

  /// Whether a kernel of that release is one of this line: `6.1.192` is of `6.1`, `6.12.1` is not.
  package func contains(release: String) -> Bool { release.hasPrefix("\(name).") }

  /// - Throws: `KernelError.releaseOfOtherLine` for a release that is not one of this line.
  func check(release: String) throws(KernelError) {
    guard contains(release: release) else {
      throw .releaseOfOtherLine(release, line: name, package: package)
    }
  }
}

/// The lines that `kernel-config/kernels.yaml` names.
package struct KernelLines: Sendable {
  let defaultName: String
  package let lines: [KernelLine]

  /// - Throws: `HostFileError` for a file that cannot be read, `YAMLFileError` for the first thing
  ///   in it that is wrong.
  package init(configuration: FilePath) throws {
    let file = configuration.appending("kernels.yaml")
    try self.init(
      YAMLText(file: file.string, bytes: try HostFile.read(file, limit: 1 << 16)))
  }

  /// The line of that name, or the default one.
  package func line(
    named name: String?, for architecture: Architecture = .arm64
  ) throws(KernelError) -> KernelLine {
    let wanted = name ?? defaultName
    guard let line = lines.first(where: { $0.name == wanted }) else {
      throw .unknownLine(wanted, known: lines.map(\.name))
    }
    guard line.architectures.contains(architecture) else {
      throw .lineOfOthers(
        wanted, architecture,
        known: lines.filter { $0.architectures.contains(architecture) }.map(\.name))
    }
    return line
  }
}
