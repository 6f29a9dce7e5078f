// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many files this process may have open at a time: RLIMIT_NOFILE of getrlimit(2).
struct OpenFileLimit: Error, CustomStringConvertible {
  let files: UInt

  /// With 16 of them pipes to programs cannot be made, with 12 the Swift runtime traps.
  private static let least: rlim_t = 64
  /// The hard limit that Linux starts with (INR_OPEN_MAX of include/uapi/linux/fs.h).
  private static let usual: rlim_t = 4096

  /// Takes as many as are usual, where the host lets a process have so many.
  ///
  /// - Throws: `OpenFileLimit` where they are too few to start a program.
  static func raise() throws(OpenFileLimit) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    if limit.rlim_cur < usual {
      limit.rlim_cur = min(usual, limit.rlim_max)
      _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    guard limit.rlim_cur >= least else { throw OpenFileLimit(files: limit.rlim_cur) }
  }

  var description: String {
    "this process may have \(files) files open, which is too few to start programs: give it more, as "
      + "by 'ulimit -n 1024'"
  }
}
