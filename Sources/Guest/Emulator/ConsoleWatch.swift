// SPDX-License-Identifier: Apache-2.0

/// Follows a guest's console, to know which stage a run has reached.
struct ConsoleWatch {
  let console: ConsolePipe
  /// The log's largest size, in bytes.
  let limit: Int
  /// How the guest says that it has died; nil to be told by nothing but the deadlines.
  let death: GuestDeath?
  /// Called once, as soon as the guest prints, or after ``startingTime``.
  let onRunning: @Sendable () -> Void

  /// QEMU takes less to start; who works beside it meanwhile has it start later.
  private static let startingTime = Duration.milliseconds(500)

  private static let interval = Duration.milliseconds(20)

  /// Waits until a stage is overdue or the log too large; nil when the watch is cancelled first.
  func reasonToStop(_ stages: [RunStage]) async -> EmulatorHalt? {
    let clock = ContinuousClock()
    var remaining = stages[...]
    var stageStarted = clock.now
    var lastWord = clock.now
    var size = 0
    var stageWords = ConsoleSearch()
    var deathWords = ConsoleSearch()
    var diedAt: ContinuousClock.Instant?
    let started = clock.now
    var isStarting = true
    defer { console.end() }
    while !Task.isCancelled {
      // However fast a guest prints, it is one part at a time that is looked through.
      let part = console.take()
      size += part.count
      if !part.isEmpty { lastWord = clock.now }
      if isStarting, size > 0 || clock.now - started > Self.startingTime {
        isStarting = false
        onRunning()
      }
      stageWords.append(part)
      while let stage = remaining.first, size > 0, stageWords.passes(stage.end) {
        remaining.removeFirst()
        stageStarted = clock.now
      }
      if console.failure != nil { return .interrupted }
      if size > limit { return .flooded(limit: limit) }
      if let stage = remaining.first {
        if clock.now - stageStarted > stage.deadline {
          return .overdue(stage: stage.name, seconds: stage.deadline / .seconds(1))
        }
        if let silence = stage.longestSilence, clock.now - max(stageStarted, lastWord) > silence {
          return .overdue(stage: stage.name, seconds: silence / .seconds(1))
        }
      }
      if let death {
        deathWords.append(part)
        if diedAt == nil, deathWords.passes(death) { diedAt = clock.now }
        if let diedAt, clock.now - diedAt > death.grace {
          return .overdue(stage: death.stage, seconds: death.grace / .seconds(1))
        }
      }
      // Behind a full part there is more to read.
      if part.count == ConsolePipe.partSize {
        await Task.yield()
      } else {
        try? await clock.sleep(for: Self.interval)
      }
    }
    return nil
  }
}
