// SPDX-License-Identifier: Apache-2.0

import Records

/// What is known of the task of a shard that has not finished.
struct TaskEvidence: Sendable {
  /// Of the batch system; nil where it was not asked or has forgotten.
  let state: SlurmState?
  /// Of the task's script, the last one.
  let end: TaskEnd?
  /// The last attempt; nil where there was none.
  let attempt: Attempt?
  /// Whether the kernels and guest programs were built.
  let isBuilt: Bool
  /// Why the task was cancelled, as no node could launch it; nil where that is not so.
  let launchFailure: String?

  struct Attempt: Sendable {
    let host: String
    let ending: AttemptEnding?
    let silence: Duration?
  }

  /// The batch system takes precedence over the script, and the script over the attempt: who is
  /// killed cannot say so.
  var reason: MissingReason {
    if let launchFailure { return MissingReason(.notLaunched, launchFailure) }
    let host = attempt.map { "on \($0.host)" } ?? ""
    if let reason = Self.reason(of: state, host) { return reason }
    if let end {
      let host = "on \(end.host)"
      if let reason = Self.reason(of: end.state, host) { return reason }
      // Slurm's word for a task that it has asked to end before its limit is still RUNNING.
      if end.wasTerminated {
        return MissingReason(end.state == .running ? .timeLimit : .cancelled, host)
      }
      if end.status == 128 + 9 { return MissingReason(.killed, "\(host), by SIGKILL") }
    }
    if let ending = attempt?.ending {
      switch ending.kind {
      case .interrupted: return MissingReason(.cancelled, host)
      case .failed: return MissingReason(.failed, "\(host): \(ending.text)")
      }
    }
    if let end, end.status != 0 {
      return MissingReason(.failed, "on \(end.host), with status \(end.status)")
    }
    guard let attempt else {
      return isBuilt ? MissingReason(.neverStarted) : MissingReason(.buildFailed)
    }
    if let silence = attempt.silence, silence <= AttemptHeartbeat.patience {
      return MissingReason(.running, host)
    }
    return MissingReason(.nodeLost, host)
  }

  private static func reason(of state: SlurmState?, _ host: String) -> MissingReason? {
    switch state {
    case .nodeFail, .bootFail: MissingReason(.nodeLost, host)
    case .timeout, .deadline: MissingReason(.timeLimit, host)
    case .cancelled, .preempted, .revoked: MissingReason(.cancelled, host)
    case .outOfMemory: MissingReason(.outOfMemory, host)
    case .running, nil: nil
    }
  }
}
