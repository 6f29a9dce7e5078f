// SPDX-License-Identifier: Apache-2.0

import Glibc
package import SystemPackage

extension HostFile {
  /// Makes a symbolic link.
  ///
  /// - Parameter target: as the link has it, whether it is there or not.
  package static func makeLink(
    _ link: FilePath, to target: FilePath
  ) throws(HostFileError) {
    let status = target.withPlatformString { target in
      link.withPlatformString { symlink(target, $0) }
    }
    guard status == 0 else { throw HostFileError(.create, link, Errno(rawValue: errno)) }
  }
}
