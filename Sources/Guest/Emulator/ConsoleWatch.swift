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

  private static let interval = Duration.milliseconds(20)

  /// Waits until a stage is overdue or the log too large; nil when the watch is cancelled first.
  func reasonToStop(_ stages: [RunStage]) async -> EmulatorHalt? {
    let clock = ContinuousClock()
    var remaining = stages[...]
    var stageStarted = clock.now
    var lastWord = clock.now
    var reader = TailReader(log: log)
    var deathReader = TailReader(log: log)
    var diedAt: ContinuousClock.Instant?
    defer {
      reader.close()
      deathReader.close()
    }
    while !Task.isCancelled {
      let sizeBefore = reader.size
      reader.readMore()
      if reader.size > sizeBefore { lastWord = clock.now }
      while let stage = remaining.first, reader.passes(stage.end) {
        remaining.removeFirst()
        stageStarted = clock.now
      }
      if reader.size > limit { return .flooded(limit: limit) }
      if let stage = remaining.first {
        if clock.now - stageStarted > stage.deadline {
          return .overdue(stage: stage.name, seconds: stage.deadline / .seconds(1))
        }
        if let silence = stage.longestSilence, clock.now - max(stageStarted, lastWord) > silence {
          return .overdue(stage: stage.name, seconds: silence / .seconds(1))
        }
      }
      if let death {
        deathReader.readMore()
        if diedAt == nil, deathReader.passes(.words(death.words)) { diedAt = clock.now }
        if let diedAt, clock.now - diedAt > death.grace {
          return .overdue(stage: death.stage, seconds: death.grace / .seconds(1))
        }
      }
      try? await clock.sleep(for: Self.interval)
    }
    return nil
  }
}

/// The part of a growing file that has not been looked through yet.
private struct TailReader {
  let log: FilePath
  private var file: FileDescriptor?
  private var unseen: [UInt8] = []
  private(set) var size = 0

  init(log: FilePath) {
    self.log = log
  }

  /// Reads what has been written since; a log that is not there yet is empty.
  mutating func readMore() {
    if file == nil { file = try? FileDescriptor.open(log, .readOnly, options: [.closeOnExec]) }
    guard let file else { return }
    while true {
      let part = try? [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = try file.read(
          fromAbsoluteOffset: Int64(size), into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard let part, !part.isEmpty else { return }
      size += part.count
      unseen += part
    }
  }

  /// Whether the end of a stage has appeared; what lies before it is then forgotten.
  mutating func passes(_ end: RunStage.End) -> Bool {
    switch end {
    case .firstByte:
      return size > 0
    case .exit:
      return false
    case .words(let words):
      guard let range = unseen.firstRange(of: words) else {
        // Only a beginning of the words can still matter.
        unseen.removeFirst(max(0, unseen.count - words.count + 1))
        return false
      }
      unseen.removeSubrange(..<range.upperBound)
      return true
    }
  }

  mutating func close() {
    try? file?.close()
    file = nil
  }
}
