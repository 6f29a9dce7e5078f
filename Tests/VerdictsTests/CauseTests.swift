// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import MemoryRequests
import Quantities
import Records
import Testing
import Transcripts
import Verdicts

/// Why a run failed, where no model of its kernel helps: one line, with what to do next.
@Suite struct CauseTests {
  private func reason(
    of request: RunRequest = GuestConsole.wide.request, _ console: [UInt8],
    _ halt: EmulatorHalt = .exited(status: 1), complaints: String = ""
  ) -> String {
    let judgement = Judgement(
      request, transcript: Transcript(console),
      outcome: EmulatorOutcome(halt: halt, complaints: complaints, seconds: 1))
    #expect(judgement.verdict != .pass)
    #expect(judgement.reason.count <= FailureCause.longest, "\(judgement.reason)")
    return judgement.reason
  }

  @Test func aSilentGuest() {
    let line = reason([], .overdue(stage: "first output", seconds: 60))
    #expect(line.contains("no kernel for this board"))
    #expect(line.hasSuffix("; next: --kernel 6.12, to tell image from board"))
  }

  /// As QEMU 7.2 says of a CPU that its machine does not take, and of one that it does not know; and
  /// as later ones do.
  @Test(arguments: [
    "mach-virt: CPU type cortex-a9-arm-cpu not supported",
    "unable to find CPU model 'cortex-a710'",
    "Invalid CPU model: cortex-a9\nThe valid models are: cortex-a35, cortex-a53",
    "can't apply global: Property 'cortex-a57-arm-cpu.nosuch' not found",
  ])
  func aCPUThatTheMachineDoesNotHave(complaint: String) {
    let line = reason([], complaints: "qemu-system-aarch64: \(complaint)\n")
    let words = complaint.split(separator: "\n")[0]
    #expect(
      line
        == "qemu-system-aarch64: \(words); next: another cpu.model in the board file, as cortex-a72"
    )
  }

  @Test func aWordThatTakesMemoryAway() throws {
    let plain = GuestConsole.wide.request
    let request = plain.but(commandLine: plain.commandLine + " mem=1G")
    var console = try FramedConsole(.wide)
    console["iomem"] = console["iomem"]?.replacing(
      "efffffff : System RAM", with: "3fffffff : System RAM")
    console["cmdline"] = console["cmdline"].map { _ in request.commandLine + "\n" }
    let line = reason(of: request, console.bytes, .exited(status: 0))
    #expect(line == "layout.system-ram: 'mem=1G' on the command line; next: drop 'mem=1G'")
  }

  @Test(arguments: [
    ("OF: fdt: Ignoring memory block 0x200000000 - 0x280000000", 9, "a kernel with LPAE (--lpae)"),
    ("Ignoring RAM at 0xb0000000-0xc0000000", 0, "a kernel with CONFIG_HIGHMEM"),
  ])
  func aBankThatTheKernelIgnores(message: String, start: Int, next: String) throws {
    var console = try FramedConsole(.wide)
    console["iomem"] = console["iomem"]?.replacing(
      "efffffff : System RAM", with: "3fffffff : System RAM")
    console["kernel-log"] = console["kernel-log"].map { "\($0)<4>[    0.000000] \(message)\n" }
    let line = reason(of: GuestConsole.wide.request, console.bytes, .exited(status: 0))
    #expect(line == "layout.system-ram: \(message.dropFirst(start)); next: \(next)")
  }

  @Test func anotherSettingsPool() throws {
    let request = GuestConsole.wide.request
    let others = RunRequest(
      board: request.board, layout: request.layout, banks: request.banks, inventedRAM: [],
      cmaBytes: .mebibytes(64), via: .deviceTree, commandLinePool: nil,
      kconfigPool: try KconfigPool(parsing: "3000M"),
      regions: [
        .init(
          node: "linux,cma", bytes: .mebibytes(64), base: nil, isPool: true, isNoMap: false,
          isDefault: true)
      ], kernel: request.kernel, pageSize: request.pageSize, cpus: 1,
      commandLine: request.commandLine, tests: [], deviceTree: request.deviceTree, placement: nil)
    let line = reason(of: others, try GuestConsole.wide.bytes, .exited(status: 0))
    #expect(line.hasPrefix("the default pool is Kconfig's pool: expected linux,cma-default of "))
    #expect(line.hasSuffix("; next: cmalab predict, which tells the setting that wins"))
  }

  /// What to do next stays, whatever is cut.
  @Test func whatWasSaidIsCutFirst() {
    let cause = FailureCause(
      String(repeating: "x", count: 400), because: [String(repeating: "y", count: 20)],
      next: "cmalab suggest")
    #expect(cause.line.count == FailureCause.longest)
    #expect(cause.line.hasSuffix("x\u{2026}; next: cmalab suggest"))
    let endless = FailureCause("x", next: String(repeating: "z", count: 400))
    #expect(endless.line.count <= FailureCause.longest)
  }
}
