// SPDX-License-Identifier: Apache-2.0
import SystemPackage

/// Follows a console log that QEMU writes, to know which stage a run has reached.
///
/// QEMU writes the console one byte at a time. Following it through a pipe would wake this process
/// for each of them; looking at the file every few milliseconds costs next to nothing, and the log
/// is on disk whatever becomes of this process.
struct ConsoleWatch {
  let log: FilePath
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
    var reader = TailReader(log: log)
    var stageWords = ConsoleSearch()
    var deathWords = ConsoleSearch()
    var diedAt: ContinuousClock.Instant?
    let started = clock.now
    var isStarting = true
    defer { reader.close() }
    while !Task.isCancelled {
      // However fast a guest prints, it is one part at a time that is looked through.
      let part = reader.nextPart()
      if !part.isEmpty { lastWord = clock.now }
      if isStarting, reader.size > 0 || clock.now - started > Self.startingTime {
        isStarting = false
        onRunning()
      }
      stageWords.append(part)
      while let stage = remaining.first, reader.size > 0, stageWords.passes(stage.end) {
        remaining.removeFirst()
        stageStarted = clock.now
      }
      if reader.sizeOfLog > limit { return .flooded(limit: limit) }
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
      if part.count == TailReader.partSize {
        await Task.yield()
      } else {
        try? await clock.sleep(for: Self.interval)
      }
    }
    return nil
  }
}

/// Reads what is added to a growing file.
private struct TailReader {
  let log: FilePath
  private var file: FileDescriptor?
  /// Of what has been read.
  private(set) var size = 0

  /// The most bytes that are read at a time.
  static let partSize = 1 << 20

  init(log: FilePath) {
    self.log = log
  }

  /// How large the file is, read or not; a log that is not there yet is empty.
  var sizeOfLog: Int {
    guard let file, let end = try? file.seek(offset: 0, from: .end) else { return 0 }
    return Int(end)
  }

  /// What has been written since, or the next part of it.
  mutating func nextPart() -> [UInt8] {
    if file == nil { file = try? FileDescriptor.open(log, .readOnly, options: [.closeOnExec]) }
    guard let file else { return [] }
    let added = max(0, min(sizeOfLog - size, Self.partSize))
    let part = try? [UInt8](unsafeUninitializedCapacity: added) { buffer, count in
      count = try file.read(
        fromAbsoluteOffset: Int64(size), into: UnsafeMutableRawBufferPointer(buffer))
    }
    size += part?.count ?? 0
    return part ?? []
  }

  mutating func close() {
    try? file?.close()
    file = nil
  }
}
