// SPDX-License-Identifier: Apache-2.0
package import HostProcesses
package import SystemPackage

/// A stage of a run, with the time that it may take.
package struct RunStage: Hashable, Sendable {
  /// What ends a stage.
  package enum End: Hashable, Sendable {
    case firstByte
    /// These bytes, anywhere on the console after the end of the stage before.
    case words([UInt8])
    /// QEMU's own end.
    case exit
  }

  /// For messages: `first output`.
  package let name: String
  package let end: End
  /// How long the stage may take, from the end of the one before.
  package let deadline: Duration
  /// How long the console may say nothing in it; nil for as long as the stage may take.
  package let longestSilence: Duration?

  package init(name: String, end: End, deadline: Duration, longestSilence: Duration? = nil) {
    self.name = name
    self.end = end
    self.deadline = deadline
    self.longestSilence = longestSilence
  }
}

/// The words with which a guest says that it has died, after which it is to go away by itself.
package struct GuestDeath: Sendable {
  /// A line that says so has one of them.
  package let words: [[UInt8]]
  /// Whether a line that has the words says so, and does not only repeat them.
  package let isMeant: @Sendable (_ line: [UInt8]) -> Bool
  /// For messages: what is waited for.
  package let stage: String
  /// How long it is waited for: whatever else it has to say comes in that time.
  package let grace: Duration

  package init(
    words: [String], stage: String, grace: Duration,
    isMeant: @escaping @Sendable (_ line: [UInt8]) -> Bool
  ) {
    self.words = words.map { Array($0.utf8) }
    self.stage = stage
    self.grace = grace
    self.isMeant = isMeant
  }
}

/// How a run of QEMU ended.
package enum EmulatorHalt: Hashable, Sendable, Codable {
  /// QEMU ended by itself with this status: 0 where the guest powered off or asked for a reset.
  case exited(status: Int32)
  /// QEMU was killed, and not by us.
  case killed(signal: Int32)
  /// We stopped it: the stage had not ended after so many seconds, or had been silent for as many.
  case overdue(stage: String, seconds: Double)
  /// We stopped it: the console had grown beyond this many bytes.
  case flooded(limit: Int)
  /// We stopped it because we were asked to stop.
  case interrupted
}

/// What a run of QEMU left behind, beside the console log.
package struct EmulatorOutcome: Hashable, Sendable, Codable {
  package let halt: EmulatorHalt
  /// QEMU's own complaints, kept apart from the guest's words; at most 64 KiB.
  package let complaints: String
  /// Seconds from start to end.
  package let seconds: Double

  package init(halt: EmulatorHalt, complaints: String, seconds: Double) {
    self.halt = halt
    self.complaints = complaints
    self.seconds = seconds
  }
}

extension ToolCommand {
  /// The most that a guest may print, in bytes; the longest honest transcript is below 1 MiB.
  package static let consoleLimit = 64 << 20

  /// Runs this QEMU command to its end and returns how it ended; nothing of it is left then.
  ///
  /// - Parameters:
  ///   - consoleLog: the file that gets what the command writes to its standard output, its console.
  ///   - stages: in the order in which they must end.
  ///   - death: how the guest says that it has died.
  ///   - consoleLimit: the most bytes that the log may grow to.
  ///   - onRunning: called once, when the guest prints, or is to be taken for one that says nothing: from
  ///     then on QEMU does not become slower by what is done beside it. Not called where it ends before.
  /// - Returns: also where the task was cancelled: the halt is then `interrupted`.
  /// - Throws: `ToolError` where QEMU cannot be started; `HostFileError` where the log cannot be written.
  package func emulate(
    consoleLog: FilePath, stages: [RunStage], death: GuestDeath? = nil,
    consoleLimit: Int = consoleLimit, onRunning: @escaping @Sendable () -> Void = {}
  ) async throws -> EmulatorOutcome {
    let started = ContinuousClock.now
    func outcome(_ halt: EmulatorHalt, complaints: [UInt8] = []) -> EmulatorOutcome {
      EmulatorOutcome(
        halt: halt, complaints: String(decoding: complaints, as: UTF8.self),
        seconds: (ContinuousClock.now - started) / .seconds(1))
    }
    let console = try ConsolePipe(to: consoleLog)
    defer { console.close() }
    do {
      let result = try await supervised(writingTo: console.entrance, standardErrorLimit: 64 << 10) {
        _ in
        await ConsoleWatch(
          console: console, limit: consoleLimit, death: death, onRunning: onRunning
        ).reasonToStop(stages)
      }
      if let failure = console.failure { throw failure }
      let halt: EmulatorHalt =
        switch (result.stoppedBecause, result.status) {
        case (let reason?, _): reason
        case (nil, .exited(let status)): .exited(status: status)
        case (nil, .signaled(let signal)): .killed(signal: signal)
        }
      guard result.stoppedBecause != nil else {
        return outcome(halt, complaints: result.standardError)
      }
      // What QEMU says of our own signal (softmmu/runstate.c, main_loop_should_exit) is no complaint.
      let lines = result.standardError.split(separator: UInt8(ascii: "\n")).filter {
        !$0.contains(Array(": terminating on signal ".utf8))
      }
      return outcome(halt, complaints: Array(lines.joined(separator: [UInt8(ascii: "\n")])))
    } catch is CancellationError {
      return outcome(.interrupted)
    }
  }
}
