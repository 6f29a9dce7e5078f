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
    try await directory.reserved { try await reservedRecord(since: started) }
  }

  private func reservedRecord(since started: ContinuousClock.Instant) async throws -> RunRecord {
    let preparation: Duration
    let outcome: EmulatorOutcome
    let digests: [String: String]
    do {
      let command = try begin()
      preparation = ContinuousClock.now - started
      // While the guest runs, when nobody waits for it.
      async let loaded = loadedDigests()
      outcome = try await emulate(command)
      digests = try await loaded
    } catch {
      directory.discardFiles()
      throw error
    }
    var record = try end(outcome, prepared: preparation, since: started)
    record.digests = digests
    record.unpredicted = prepared.unpredicted
    if HostFile.exists(directory.console) {
      record.digests?[RunFolder.consoleName] = try ContentKey(ofFile: directory.console).hexadecimal
    }
    try directory.write(record)
    return record
  }

  /// SHA-256 of each file that the guest is loaded from, by its name in the folder: a user's own kernel
  /// has the name that one of ours would have.
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
    try directory.write(
      RunRecord.pending(
        prepared.request, predicted: prepared.predicted, artifacts: RunFolder.artifacts))
    try prepared.guest.write(to: directory.path)
    if onDebugger != nil { try debugSession.write() }
    let socket = onDebugger == nil ? nil : FilePath(RunFolder.debugSocketName)
    let command = ToolCommand(
      .named(EmulatorFeatures.program),
      prepared.guest.machine.arguments(for: prepared.features, debugSocket: socket),
      directory: directory.path)
    try Reproduction(command: command, machine: prepared.guest.machine, features: prepared.features)
      .write(to: directory)
    return command
  }

  private var debugSession: DebugSession {
    DebugSession(
      entry: prepared.guest.placed.entry, symbols: prepared.symbols,
      hasDebugInfo: prepared.request.asked?.kernel.hasDebugInfo == true, directory: directory)
  }

  private func end(
    _ outcome: EmulatorOutcome, prepared preparation: Duration,
    since started: ContinuousClock.Instant
  ) throws -> RunRecord {
    // A QEMU that was killed leaves its socket.
    if onDebugger != nil { try HostFile.remove(directory.debugSocket) }
    let judgement = try Self.judge(prepared.request, prepared.predicted, directory, outcome)
    let usage = HarnessUsage()
    var timing = [
      "prepare": preparation / .seconds(1), "guest": outcome.seconds,
      "total": (ContinuousClock.now - started) / .seconds(1),
      "harnessCPU": usage.cpuSeconds, "harnessPeakMiB": usage.peakMebibytes,
    ]
    timing["guestUptime"] = judgement.observations.identity.uptime?.value
    var record = RunRecord(
      prepared.request, predicted: prepared.predicted, judgement, outcome: outcome,
      artifacts: RunFolder.artifacts,
      timing: timing)
    record.made = .init(ContinuousClock.now - started, by: prepared.features)
    return record
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

  /// The device tree's source is written while the guest runs, when nobody waits for it.
  private func emulate(_ command: ToolCommand) async throws -> EmulatorOutcome {
    try await withThrowingTaskGroup(of: EmulatorOutcome?.self) { group in
      group.addTask {
        guard onDebugger == nil else {
          return try await command.emulate(consoleLog: directory.console, stages: [])
        }
        return try await command.emulate(
          consoleLog: directory.console, stages: prepared.stages, death: prepared.death)
      }
      if let onDebugger {
        group.addTask {
          do { try await debugSession.listening() } catch is CancellationError { return nil }
          onDebugger(debugSession)
          return nil
        }
      }
      group.addTask {
        // Where this is cancelled, the run says so itself.
        do { try await writeSource() } catch is CancellationError {}
        return nil
      }
      var outcome: EmulatorOutcome?
      for try await result in group {
        outcome = result ?? outcome
        // A QEMU that failed at once never listens.
        if result != nil, onDebugger != nil { group.cancelAll() }
      }
      guard let outcome else { throw CancellationError() }
      return outcome
    }
  }

  private func writeSource() async throws {
    let blob = try HostFile.read(directory.path.appending(RunFolder.blobName), limit: 2 << 20)
    let source = try await DTC().source(of: blob)
    try HostFile.write(
      Array(source.utf8), to: directory.path.appending(RunFolder.sourceName))
  }
}
