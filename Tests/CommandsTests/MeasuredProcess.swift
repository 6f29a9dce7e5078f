// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import SystemPackage

/// A program that is run for what it costs.
struct MeasuredProcess {
  /// What wait4(2) says of it.
  struct Cost {
    /// As wait(2) has it: 0 for one that ended with 0.
    let status: Int32
    /// Of user and system: what else the machine does has no part in it.
    let seconds: Double
    /// At most, resident.
    let bytes: Int
  }

  let program: FilePath
  let arguments: [String]

  init(_ program: FilePath, _ arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// Runs it to its end; what it says is dropped.
  ///
  /// - Throws: `Errno`.
  func cost() throws -> Cost {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] as [Int32] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([program.string] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, program.string, &actions, nil, words, environ)
    guard error == 0 else { throw Errno(rawValue: error) }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw Errno(rawValue: errno) }
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return Cost(
      status: status, seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      bytes: usage.ru_maxrss << 10)
  }
}
