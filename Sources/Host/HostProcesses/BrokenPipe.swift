// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Pipes whose reader has gone.
package enum BrokenPipe {
  /// Makes a write to one fail, EPIPE. By default the kernel has SIGPIPE end the process that writes, and
  /// a program that we feed may stop reading for reasons of its own. What is started from here has the
  /// default again.
  static func becomesError() { signal(SIGPIPE, SIG_IGN) }

  /// Ends this process as SIGPIPE does: whoever stopped reading what it says (`cmalab boards | head -1`)
  /// wants no more.
  package static func endThisProcess() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    exit(128 + SIGPIPE)
  }
}
