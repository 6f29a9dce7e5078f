// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import Emulator
import GuestRequests
import Guests
import HostFiles
import HostProcesses
import Observations
package import Records
package import SystemPackage
import Transcripts
import Verdicts

/// One guest, started, watched to its end, and judged.
package struct BoardRun: Sendable {
  private let prepared: PreparedRun
  private let directory: RunFolder
  private let onDebugger: (@Sendable (DebugSession) -> Void)?

  /// - Parameter onDebugger: where there is one, the guest waits for gdb before its first
  ///   instruction, has all the time in the world, and this is called as soon as gdb can come.
  package init(
    _ prepared: PreparedRun, in directory: RunFolder,
    onDebugger: (@Sendable (DebugSession) -> Void)? = nil
  ) {
    self.prepared = prepared
    self.directory = directory
    self.onDebugger = onDebugger
  }

  /// Boots the guest and writes the record, also where the task is cancelled meanwhile.
  ///
  /// A record that says that the run has not ended is written first, so a folder that is found
  /// after a power cut never shows anything better. Where this throws before the guest has ended,
  /// nothing of the run stays.
  ///
  /// - Parameter started: when the whole of it began, for the record's `prepare` and `total`.
  /// - Throws: `RunFolderError.busy` where another run is written there.
  package func record(since started: ContinuousClock.Instant) async throws -> RunRecord {
    try await directory.reserved {
      do {
        return try await reservedRecord(since: started)
      } catch let changed as ChangedKernel {
        return try await BoardRun(
          try await changed.remake(), in: directory, onDebugger: onDebugger
        ).reservedRecord(since: started)
      }
    }
  }

  /// The guest was started with something else than what was built.
  private struct ChangedKernel: Error {
    let remake: @Sendable () async throws -> PreparedRun
  }

  private func reservedRecord(since started: ContinuousClock.Instant) async throws -> RunRecord {
    let preparation: Duration
    let outcome: EmulatorOutcome
    let findings: Findings
    do {
      let command = try begin()
      preparation = ContinuousClock.now - started
      (outcome, findings) = try await emulate(command, since: started)
    } catch {
      directory.discardFiles()
      throw error
    }
    var record = try end(
      outcome, predicted: findings.predicted, prepared: preparation, since: started)
    record.made = findings.made
    record.digests = findings.digests
    record.unpredicted = findings.unpredicted
    if HostFile.exists(directory.console) {
      record.digests?[RunFolder.consoleName] = try ContentKey(ofFile: directory.console).hexadecimal
    }
    try directory.write(record)
    return record
  }

  /// What is found out while the guest runs, when nobody waits for it.
  private struct Findings {
    let made: RunRecord.Made
    let predicted: PredictedRecord?
    /// Why there is no prediction; nil where there is one.
    let unpredicted: String?
    /// SHA-256 of each file that the guest is loaded from, by its name in the folder: a user's own kernel
    /// has the name that one of ours would have.
    let digests: [String: String]
  }

  private func findOut(
    _ command: ToolCommand, since started: ContinuousClock.Instant
  ) async throws -> Findings {
    try Reproduction(command: command, machine: prepared.guest.machine, features: prepared.features)
      .write(to: directory)
    let digests = try loadedDigests()
    if let unread = prepared.unread,
      try !unread.isUnchanged(digests[RunFolder.imageName, default: ""])
    {
      throw ChangedKernel(remake: unread.remake)
    }
    let prediction = try prepared.prediction()
    let predicted = try? prediction.get()
    try directory.write(pendingRecord(predicted: predicted))
    // Where this is cancelled, the run says so itself.
    do { try await writeSource() } catch is CancellationError {}
    return Findings(
      made: .init(ContinuousClock.now - started, by: prepared.features), predicted: predicted,
      unpredicted: prediction.failure.map { "\($0)" }, digests: digests)
  }

  private func loadedDigests() throws -> [String: String] {
    var digests: [String: String] = [:]
    for loaded in prepared.guest.machine.loadedFiles {
      let name = loaded.file.isAbsolute ? RunFolder.imageName : loaded.file.string
      digests[name] = try ContentKey(ofFile: directory.path.pushing(loaded.file)).hexadecimal
    }
    return digests
  }

  private func begin() throws -> ToolCommand {
    try directory.clear()
    try directory.write(pendingRecord(predicted: nil))
    try prepared.guest.write(to: directory.path)
    if onDebugger != nil { try debugSession.write() }
    let socket = onDebugger == nil ? nil : FilePath(RunFolder.debugSocketName)
    return ToolCommand(
      .named(EmulatorFeatures.program),
      prepared.guest.machine.arguments(for: prepared.features, debugSocket: socket),
      directory: directory.path)
  }

  private func pendingRecord(predicted: PredictedRecord?) -> RunRecord {
    .pending(prepared.request, predicted: predicted, artifacts: RunFolder.artifacts)
  }

  private var debugSession: DebugSession {
    DebugSession(
      entry: prepared.guest.placed.entry, symbols: prepared.kernel.symbols,
      hasDebugInfo: prepared.request.asked?.kernel.hasDebugInfo == true, directory: directory)
  }

  private func end(
    _ outcome: EmulatorOutcome, predicted: PredictedRecord?, prepared preparation: Duration,
    since started: ContinuousClock.Instant
  ) throws -> RunRecord {
    // A QEMU that was killed leaves its socket.
    if onDebugger != nil { try HostFile.remove(directory.debugSocket) }
    let judgement = try Self.judge(prepared.request, predicted, directory, outcome)
    let usage = HarnessUsage()
    var timing = [
      "prepare": preparation / .seconds(1), "guest": outcome.seconds,
      "total": (ContinuousClock.now - started) / .seconds(1),
      "harnessCPU": usage.cpuSeconds, "harnessPeakMiB": usage.peakMebibytes,
    ]
    timing["guestUptime"] = judgement.observations.identity.uptime?.value
    return RunRecord(
      prepared.request, predicted: predicted, judgement, outcome: outcome,
      artifacts: RunFolder.artifacts, timing: timing)
  }

  /// Judges the console of a run that ended before, from its folder alone.
  package static func observe(_ directory: RunFolder) throws -> RunRecord {
    let former: RunRecord
    do {
      former = try directory.readRecord()
      try directory.expectUnchanged((former.digests ?? [:]).keys.sorted(), since: former)
    } catch let damage as RecordDamage {
      throw damage.within(directory.path.string)
    }
    // A run that never ended says as much as one that was killed.
    let outcome = former.emulator ?? EmulatorOutcome(halt: .interrupted, complaints: "", seconds: 0)
    let judgement = try judge(former.request, former.predicted, directory, outcome)
    var record = RunRecord(
      former.request, predicted: former.predicted, judgement, outcome: outcome,
      artifacts: former.artifacts,
      timing: former.timing)
    record.made = former.made
    record.digests = former.digests
    record.unpredicted = former.unpredicted
    return record
  }

  /// Judges any console log against a request; nobody knows how its emulator ended.
  package static func observe(_ console: FilePath, as request: RunRequest) throws -> RunRecord {
    let transcript = Transcript(
      try HostFile.head(of: console, count: RunFolder.consoleLimit),
      foreignTexts: [request.commandLine])
    let outcome = EmulatorOutcome(halt: .exited(status: 0), complaints: "", seconds: 0)
    return RunRecord(
      request, Judgement(request, transcript: transcript, outcome: outcome), outcome: outcome,
      artifacts: ["console": console.string], timing: [:])
  }

  private static func judge(
    _ request: RunRequest, _ predicted: PredictedRecord?, _ directory: RunFolder,
    _ outcome: EmulatorOutcome
  ) throws -> Judgement {
    let blob = directory.path.appending(RunFolder.blobName)
    // Of a folder that has lost its tree, what the kernel repeats of it cannot be told.
    let texts =
      HostFile.exists(blob) ? try ForeignTexts.all(in: HostFile.read(blob, limit: 2 << 20)) : []
    return Judgement(
      request, predicted: predicted,
      transcript: Transcript(
        try directory.readConsole(), foreignTexts: [request.commandLine] + texts),
      outcome: outcome)
  }

  private enum Event {
    case ended(EmulatorOutcome)
    case found(Findings)
    case debuggerCalled
  }

  private func emulate(
    _ command: ToolCommand, since started: ContinuousClock.Instant
  ) async throws -> (EmulatorOutcome, Findings) {
    let (running, runner) = AsyncStream<Never>.makeStream()
    return try await withThrowingTaskGroup(of: Event.self) { group in
      group.addTask {
        defer { runner.finish() }
        return .ended(
          try await command.emulate(
            consoleLog: directory.console, stages: onDebugger == nil ? prepared.stages : [],
            death: onDebugger == nil ? prepared.death : nil, onRunning: { runner.finish() }))
      }
      group.addTask {
        for await _ in running {}
        return .found(try await findOut(command, since: started))
      }
      if let onDebugger {
        group.addTask {
          do {
            try await debugSession.listening()
            onDebugger(debugSession)
          } catch is CancellationError {}
          return .debuggerCalled
        }
      }
      var outcome: EmulatorOutcome?
      var findings: Findings?
      for try await event in group {
        switch event {
        case .ended(let ending):
          outcome = ending
          // A QEMU that failed at once never listens.
          if onDebugger != nil { group.cancelAll() }
        case .found(let found):
          findings = found
        case .debuggerCalled:
          break
        }
      }
      guard let outcome, let findings else { throw CancellationError() }
      return (outcome, findings)
    }
  }

  private func writeSource() async throws {
    let blob = try HostFile.read(directory.path.appending(RunFolder.blobName), limit: 2 << 20)
    let source = try await DTC().source(of: blob)
    try HostFile.write(
      Array(source.utf8), to: directory.path.appending(RunFolder.sourceName))
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
