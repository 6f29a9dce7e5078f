// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

extension Guests {
  /// `cmalab boot --gdb`, with a real gdb started as the printed line says.
  @Suite struct DebuggerTests {
    @Test(arguments: [
      ["--board", "arm64-4g", "--cma", "3000M"],
      // RAM from 1 GiB up, where the monitor has its own addresses too.
      ["--board", "imx8mp-evk", "--cma", "64M", "--cpus", "4"],
    ])
    func gdbStopsAtTheKernelsEntryAndAtANamedFunction(arguments: [String]) async throws {
      try await ScratchFolder.with { scratch in
        let seen = try await debugged(
          arguments, in: scratch,
          [
            #"printf "entry %#lx, x0 %#lx, mode %d\n", $pc, $x0, $cpsr & 0xf"#,
            "thbreak start_kernel", "continue", "backtrace 1", "detach",
          ])
        let record = try RunRecord(
          json: try HostFile.read(scratch["run"].appending("record.json"), limit: 1 << 20))
        let placement = try #require(record.request.placement)
        let tree = String(placement.deviceTree.start.value, radix: 16)
        let entry = placement.kernel.start.value
        let address = entry == 0 ? "0" : "0x\(String(entry, radix: 16))"
        #expect(seen.contains("\nentry \(address), x0 0x\(tree), mode 5\n"), "\(seen)")
        #expect(seen.contains("in start_kernel ()"), "\(seen)")
        #expect(seen.contains("no debug information: 'bt' repeats a frame"), "\(seen)")
        // Left alone, it goes on and is judged as any other.
        #expect(record.verdict == .pass, "\(record.reason)")
        #expect(try !HostFile.names(in: scratch["run"]).contains("gdb.socket"))
      }
    }

    @Test func whoKillsTheGuestInGDBHasNoVerdict() async throws {
      try await ScratchFolder.with { scratch in
        // Where the emulator ends before gdb has read its last answer, gdb says so and ends with 1.
        _ = try await debugged(["--cma", "64M"], in: scratch, ["kill"], endingWith: 1)
        let record = try RunRecord(
          json: try HostFile.read(scratch["run"].appending("record.json"), limit: 1 << 20))
        #expect(record.verdict == .inconclusive, "\(record.reason)")
      }
    }

    /// What gdb wrote, once the run is over; gdb ends with 0 or with `status`.
    private func debugged(
      _ arguments: [String], in scratch: ScratchFolder, _ commands: [String],
      endingWith status: Int = 0
    ) async throws -> String {
      let said = scratch["stderr"]
      // The stream that the supervisor follows stays open to the end, as another descriptor.
      let run = ToolCommand(
        .named("sh"),
        [
          "-c", #"exec "$@" 3>&2 2> "$0""#, said.string, try CMALabProcess.executable.string,
          "boot",
          "--gdb", "--out", scratch["run"].string,
        ] + arguments)
      let log = scratch["gdb.log"]
      let result = try await run.supervised(standardErrorLimit: 1 << 16) { _ -> String? in
        do {
          let line = try await invitation(in: said)
          let output = try await ToolCommand(
            .named("sh"),
            ["-c", #"\#(line) -batch -nx "$@" || [ $? -eq "$0" ]"#, "\(status)"]
              + commands.flatMap { ["-ex", $0] }
          ).output(deadline: .seconds(300))
          try HostFile.write(output, to: log)
          try await Task.sleep(for: CMALabProcess.deadline)
          return "the guest did not end"
        } catch is CancellationError {
          return nil
        } catch {
          return "\(error)"
        }
      }
      #expect(result.stoppedBecause == nil)
      try await EmulatorProcesses(folder: scratch.path).expectNone()
      return HostFile.exists(log)
        ? String(decoding: try HostFile.read(log, limit: 1 << 20), as: UTF8.self) : ""
    }

    /// The line that says how gdb is started.
    private func invitation(in file: FilePath) async throws -> String {
      while true {
        let text = (try? HostFile.read(file, limit: 1 << 16)) ?? []
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n")
          .first { $0.hasPrefix("  gdb-multiarch ") }
        if let line { return String(line.dropFirst(2)) }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}
