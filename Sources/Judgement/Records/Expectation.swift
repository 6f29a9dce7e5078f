// SPDX-License-Identifier: Apache-2.0

import Transcripts

/// What a cell is expected to come to.
package enum Expectation: String, Hashable, Sendable, Codable, CaseIterable {
  /// The pool is there, as it was asked for.
  case pass
  /// The kernel boots on without the pool.
  case refused
  /// The kernel dies of it.
  case panic
  /// Whatever was predicted, to the page.
  case predicted

  /// Whether a run came to it.
  package func isMet(by record: RunRecord) -> Bool {
    switch self {
    case .pass: record.verdict == .pass
    case .refused: record.ending.kind == .completed && record.verdict == .fail
    case .panic: record.ending.kind == .panicked || record.ending.kind == .oopsed
    case .predicted: record.prediction?.verdict == .pass
    }
  }
}

extension RunRecord {
  /// Whether nothing can be said of the kernel because the harness failed: such a run is worth
  /// another one.
  package var isHarnessTrouble: Bool {
    switch ending.kind {
    case .emulatorExited, .timedOut, .silent, .corrupted, nil: verdict == .inconclusive
    case .completed, .panicked, .oopsed, .faulted, .interrupted: false
    }
  }
}
