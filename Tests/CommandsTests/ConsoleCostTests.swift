// SPDX-License-Identifier: Apache-2.0

import HostFiles
import SystemPackage
import Testing

/// What a console as large as QEMU is let print costs whoever judges it.
@Suite(.serialized) struct ConsoleCostTests {
  /// What its reader takes longest for, of some thirty forms, and what it could take memory for.
  private static let forms: [String: [UInt8]] = [
    "a line": Array("x".utf8), "empty lines": Array("\n".utf8),
    "binary": (0..<8191).map { UInt8(truncatingIfNeeded: ($0 &* $0 &* 2_654_435_761) >> 11) },
    "faults": Array("[    1.000000] BUG: KASAN: slab-use-after-free in f+0x1/0x2\r\n".utf8),
    "regions": Array(
      "[    0.000000] OF: reserved mem: 0x0000000048000000..0x00000000480fffff (1024 KiB) nomap "
        .utf8) + Array("non-reusable secmon@48000000\r\n".utf8),
    "memblock": Array(
      "[    0.000000] memblock_reserve: [0x0000000040000000-0x000000004000ffff] f+0x1/0x2\r\n".utf8
    ),
  ]

  /// 64 MB. A release judges each in 3 s; the debug build that is tested here takes some ten times as
  /// long.
  @Test(arguments: forms.keys.sorted())
  func aLargeConsoleIsJudgedWithinItsBounds(form: String) async throws {
    try await ScratchFolder.with { scratch in
      var console = try #require(Self.forms[form])
      while console.count < 64_000_000 { console += console }
      try HostFile.write(Array(console.prefix(64_000_000)), to: scratch["console.log"])
      try HostFile.linkOrCopy(
        TestEnvironment.checkout.pushing("Tests/RecordsTests/Fixtures/run-1.json"),
        to: scratch["record.json"])
      let cost = try MeasuredProcess(
        try CMALabProcess.executable, ["observe", scratch.path.string]
      ).cost()
      // Inconclusive, or failed where the kernel has faults: never passed, and never a crash.
      let code = cost.status >> 8
      #expect(cost.status & 0x7f == 0 && [1, 2].contains(code), "\(cost)")
      #expect(cost.bytes < 300_000_000, "\(cost)")
      #expect(cost.seconds < 60, "\(cost)")
    }
  }
}
