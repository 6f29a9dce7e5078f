// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KernelFiles
import Kernels
import Records

/// What a boot says of a commit to `git bisect run` (git-bisect(1), "Bisect run").
enum BisectionStep: Int32 {
  case good = 0
  case bad = 1
  /// This commit cannot be judged: another one near it will be.
  case skipped = 125
  /// No commit could be judged: git stops, instead of taking every one of them for bad.
  case stopped = 128
  case interrupted = 130

  /// As it is written on a command line.
  static let option = "--bisect"

  init(_ verdict: Verdict) {
    switch verdict {
    case .pass: self = .good
    case .fail: self = .bad
    case .inconclusive: self = .skipped
    }
  }

  /// - Parameter error: what a boot threw. The commit's own fault is a kernel that does not build, or a
  ///   file that is not a kernel.
  init(_ error: any Error) {
    switch error {
    case is CancellationError: self = .interrupted
    case is KernelFileError, KernelError.buildFailed, KernelError.optionsLost,
      KernelError.notAnImage:
      self = .skipped
    default: self = .stopped
    }
  }

  var exitCode: ExitCode { ExitCode(rawValue) }
}
