// SPDX-License-Identifier: Apache-2.0

// A run, from a selection to its record: every stage called in its turn, each one's product put
// where the next one and the user find it.

import HostFiles
package import SystemPackage

/// Where cmalab's own files are: boards, dts, kernel-config and images.
package struct Installation: Hashable, Sendable {
  package let root: FilePath

  package var boards: FilePath { root.appending("boards") }
  package var deviceTreeSources: FilePath { root.appending("dts") }
  package var kernelConfiguration: FilePath { root.appending("kernel-config") }
  package var images: FilePath { root.appending("images") }

  /// Finds the files that belong to a `cmalab` executable.
  ///
  /// `$CMALAB_HOME` decides where it is set. Otherwise they are beside the executable's prefix, in
  /// `share/cmalab`, or, of one that was built in a checkout, in that checkout.
  ///
  /// - Parameter executable: the running executable, links resolved.
  /// - Throws: `InstallationError`.
  package init(environment: [String: String], executable: FilePath) throws(InstallationError) {
    if let home = environment["CMALAB_HOME"], !home.isEmpty {
      guard Self.isHome(FilePath(home)) else { throw .notAHome(FilePath(home)) }
      root = FilePath(home)
      return
    }
    var candidates = [
      executable.removingLastComponent().removingLastComponent()
        .appending("share").appending("cmalab")
    ]
    var folder = executable.removingLastComponent()
    while !folder.isEmpty, folder.lastComponent != nil {
      candidates.append(folder)
      folder.removeLastComponent()
    }
    guard let found = candidates.first(where: Self.isHome) else { throw .notFound(executable) }
    root = found
  }

  private static func isHome(_ folder: FilePath) -> Bool {
    ["boards", "dts", "kernel-config", "images"].allSatisfy {
      HostFile.exists(folder.appending($0))
    }
  }
}

/// Why cmalab's own files cannot be found.
package enum InstallationError: Error, Hashable, CustomStringConvertible {
  case notAHome(FilePath)
  case notFound(FilePath)

  package var description: String {
    switch self {
    case .notAHome(let path):
      "CMALAB_HOME is \(path), which has no boards, dts, kernel-config and images: unset or mend it"
    case .notFound(let executable):
      "no boards, dts, kernel-config and images belong to \(executable): "
        + "install it with 'make install', or set CMALAB_HOME to a checkout"
    }
  }
}
