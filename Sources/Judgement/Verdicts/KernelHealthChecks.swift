// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Observations
import Records

/// Whether the guest's kernel is well: one that has found a fault of its own proves nothing of a
/// pool, and neither does a log that is too long to be read.
struct KernelHealthChecks {
  let observations: Observations

  /// Only what is not as it should be.
  var all: [Check] { [taint, log].compactMap(\.self) }

  private var taint: Check? {
    guard let taint = observations.identity.taint, !taint.value.faults.isEmpty else { return nil }
    return Check(
      .guest(.taint), false, expected: "a kernel that reports no fault of its own",
      observed: "taint flags \(taint.value.flags): "
        + taint.value.faults.joined(separator: ", "), [taint.evidence])
  }

  private var log: Check? {
    guard let first = observations.cmaMessages.omitted else { return nil }
    return Check(
      id: .guest(.kernelLog), verdict: .inconclusive,
      expected: "at most \(CMAMessages.limit) messages on memory",
      observed: "more, of which none from console line \(first.line) on was read",
      source: [first])
  }
}
