// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Testing
import Transcripts

/// Which words of a console are its kernel's own.
@Suite struct DistressTests {
  private func ending(
    _ change: (inout FramedConsole) -> Void, foreignTexts: [String] = []
  ) throws -> Ending {
    var console = try FramedConsole(.wide)
    change(&console)
    return Transcript(console.bytes, foreignTexts: foreignTexts).ending(after: .exited(status: 0))
  }

  /// The command line of a healthy guest, wherever it is repeated.
  @Test(
    arguments: [
      "foo=\"Kernel panic - not syncing: hello\"", "foo=\"Internal error: x\"",
      "foo=\"@monitor fault 1\"", "@monitor fault 1", "foo=[    1.000000] BUG: Bad page state",
      "foo=\"WARNING: CPU: 0\"",
    ])
  func whatTheCommandLineSaysIsNoSign(word: String) throws {
    let ending = try ending { console in
      let words = "Kernel command line: console=ttyAMA0 "
      console.boot = console.boot.replacing("Kernel command line: ", with: words + word + " ")
      console.replace("Kernel command line: ", with: words + word + " ", in: "kernel-log")
      console["cmdline"] = "console=ttyAMA0 \(word)\n"
    }
    #expect(ending.kind == .completed)
  }

  @Test func aModelOfTwoLinesIsNoSign() throws {
    func add(_ model: String, to console: inout FramedConsole) {
      let lines = model.split(separator: "\n").map { "[    0.000000] \($0)" }
      console.boot +=
        "[    0.000000] Machine model: \(lines.joined(separator: "\r\n").dropFirst(15))\r\n"
      console["kernel-log"] =
        "<6>[    0.000000] Machine model: "
        + lines.map { "<6>\($0)\n" }.joined().dropFirst(18) + (console["kernel-log"] ?? "")
    }
    let model = "X\nKernel panic - not syncing: hello\nBUG: y"
    #expect(try ending({ add(model, to: &$0) }, foreignTexts: [model]).kind == .completed)
    // Nobody knows of it, so it counts.
    #expect(try ending { add(model, to: &$0) }.kind == .panicked)
    // The same words are the kernel's where they do not follow the model.
    let panic = "[    0.100000] Kernel panic - not syncing: hello\r\n"
    #expect(
      try ending(
        {
          add(model, to: &$0)
          $0.boot += panic
        }, foreignTexts: [model]
      ).kind == .panicked)
  }

  @Test(
    arguments: [
      "BUG: KASAN: slab-use-after-free in f+0x1/0x2", "WARNING: CPU: 0 PID: 0 at mm/cma.c:180",
      "WARNING: possible circular locking dependency detected", "BUG: spinlock bad magic on CPU#0",
      "BUG kmalloc-64 (Not tainted): Redzone overwritten",
      "INFO: task tests:42 blocked for more than 120 seconds.",
      "rcu: INFO: rcu_sched self-detected stall on CPU", "refcount_t: underflow; use-after-free.",
    ])
  func whatTheKernelsOwnChecksSayIsASign(words: String) throws {
    let onConsole = try ending { $0.boot += "[    0.500000] \(words)\r\n" }
    #expect(onConsole.kind == .oopsed)
    #expect(onConsole.line == "[    0.500000] \(words)")
    // Said while the console was init's own.
    let inLog = try ending {
      $0["kernel-log"] = ($0["kernel-log"] ?? "") + "<4>[    0.500000] \(words)\n"
    }
    #expect(inLog.kind == .oopsed)
    #expect(inLog.line == "<4>[    0.500000] \(words)")
    #expect(try ending { $0.boot += "[    0.500000] init: \(words)\r\n" }.kind == .completed)
  }

  /// A kernel without times.
  @Test func aSignNeedsNoPrefix() throws {
    #expect(try ending { $0.boot += "Kernel panic - not syncing: x\r\n" }.kind == .panicked)
    #expect(try ending { $0.boot += "what a Kernel panic - not syncing: x\r\n" }.kind == .completed)
  }

  @Test func aDeathIsToldFromItsEchoWhileTheGuestRuns() {
    func isDeath(_ line: String, _ texts: [String] = []) -> Bool {
      Transcript.isDeath(Array(line.utf8), foreignTexts: texts)
    }
    #expect(isDeath("[    0.100000] Unable to handle kernel paging request at virtual address 0"))
    #expect(!isDeath("[    0.100000] WARNING: CPU: 0 PID: 1 at mm/cma.c:115"))
    #expect(isDeath("[    0.100000] Kernel panic - not syncing: hello\r"))
    #expect(isDeath("Kernel panic - not syncing: hello"))
    #expect(!isDeath("[    0.000000] Kernel command line: Kernel panic - not syncing: hello"))
    #expect(
      !isDeath(
        "[    0.000000] Kernel panic - not syncing: hello",
        ["X\nKernel panic - not syncing: hello"]))
  }
}
