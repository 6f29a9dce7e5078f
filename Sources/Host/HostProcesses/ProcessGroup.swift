// SPDX-License-Identifier: Apache-2.0
import Glibc
import Subprocess

/// A program that has ended, with those that it has started: as far as they are in its process group,
/// which is that of the session it was given.
///
/// A program that is asked to end may do so before the others. Of two makes with a shell between them the
/// upper one ends with its shell, while the lower one waits for its compilers and removes what they have
/// half written.
struct ProcessGroup {
  private let identifier: pid_t

  init(of program: ProcessIdentifier) {
    identifier = program.value
  }

  /// How long those have that were asked to end together with the program.
  private static let grace = Duration.milliseconds(500)
  /// How long a process may take that was killed: it ends once it has a processor, and is there until
  /// the system's first process has taken note. In a container that one may be a program that never does.
  private static let patience = Duration.seconds(2)

  /// Waits until nothing of it is left; what takes longer is killed. It does so in a cancelled task too.
  func end() async {
    await Task {
      if await isGone(within: Self.grace) { return }
      kill(-identifier, SIGKILL)
      _ = await isGone(within: Self.patience)
    }.value
  }

  private func isGone(within time: Duration) async -> Bool {
    let end = ContinuousClock.now + time
    while kill(-identifier, 0) == 0 {
      guard ContinuousClock.now < end else { return false }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return true
  }
}

extension Execution {
  /// What `body` makes of the program while it runs. Where it throws, the program is taken down.
  func result<Value>(
    of body: () async throws -> Value
  ) async -> Result<Value, any Swift.Error> {
    do {
      return .success(try await body())
    } catch {
      await teardown(using: ToolCommand.teardown)
      return .failure(error)
    }
  }
}

extension ExecutionResult {
  /// - Throws: what the body threw. Nothing is left of the program then, nor where the task is cancelled.
  func valueOfBody<Value>() async throws -> Value
  where ClosureResult == Result<Value, any Swift.Error> {
    if Task.isCancelled || (try? closureResult.get()) == nil {
      await ProcessGroup(of: processIdentifier).end()
    }
    return try closureResult.get()
  }
}
