// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// - Throws: `Errno`.
func symbolicLink(from link: FilePath, to target: FilePath) throws {
  let result = target.withPlatformString { from in
    link.withPlatformString { to in symlink(from, to) }
  }
  guard result == 0 else { throw Errno(rawValue: errno) }
}
