// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import Records
import SystemPackage
import Testing

/// A layout that fails, and its cause in one line: what the kernel says, and what explains it.
struct CauseCell: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let words: String
  /// From here on, prediction and verdict are the same.
  let tail: String

  var testDescription: String { arguments.joined(separator: " ") }

  static let all = [
    // By a region: the hole above it is too small, and so is the one below.
    CauseCell(
      arguments: [
        "--board", "imx8mp-evk", "--cma", "2500M", "--region",
        "name=optee,size=32M,at=0x80000000,no-map",
      ], words: "cma: Failed to reserve 2500 MiB",
      tail: ": largest hole 2016 MiB, from region optee@80000000 to the 4 GiB line; "),
    // By the end of a bank.
    CauseCell(
      arguments: [
        "--board", "imx8mp-evk", "--bank", "0x40000000+512M", "--bank", "0x80000000+512M",
        "--cma", "600M",
      ],
      words: "cma: Failed to reserve 600 MiB",
      tail: ": largest hole 504 MiB, from device tree to the end of bank 0; "),
    // By alloc-ranges.
    CauseCell(
      arguments: [
        "--board", "imx8mp-evk", "--cma", "0", "--region",
        "name=vid,size=640M,reusable,within=0x50000000-0x70000000",
      ], words: "failed to allocate memory for node 'vid': size 640 MiB",
      tail: ": largest hole 512 MiB, all of its window; next: size 512M, or wider alloc-ranges"),
    // By the 4 GiB line.
    CauseCell(
      arguments: ["--board", "imx8mp-evk", "--cma", "5000M"],
      words: "cma: Failed to reserve 5000 MiB",
      tail: ": largest hole 3064 MiB, from device tree to the 4 GiB line; "
        + "next: --cma 3000M (safe, by max) or cmalab suggest"),
    // Doomed by what is left.
    CauseCell(
      arguments: ["--board", "arm64-2g", "--cma", "2000M"], words: "the guest ",
      tail: ": 11 MiB of RAM left beside it; next: --cma 1976M (safe, by max) or "),
    // Where the kernel lies.
    CauseCell(
      arguments: ["--board", "imx8mp-evk", "--cma", "64M@0x40000000"],
      words: "cma: Failed to reserve 64 MiB",
      tail: ": its place is taken by device tree, initramfs, kernel; next: cmalab suggest"),
    // A region where the kernel lies.
    CauseCell(
      arguments: [
        "--board", "imx8mp-evk", "--cma", "0", "--kernel-at", "0x40000000", "--region",
        "name=fw,size=64M,no-map,at=0x40000000",
      ], words: "failed to reserve memory for node 'fw@40000000': base 0x",
      tail: ": its place is taken; next: move it, or cmalab lint"),
    // A pool that is refused hides behind the setting that wins on no board.
    CauseCell(
      arguments: ["--board", "rpi4", "--cma", "1000M"], words: "cma: Failed to reserve 1000 MiB",
      tail: ": largest hole 940 MiB, from device tree to the DMA limit 0x40000000; next: --cma "),
  ]
}

extension Guests {
  @Suite struct CauseTests {
    @Test(arguments: CauseCell.all)
    func predictionAndVerdictNameTheSameCause(cell: CauseCell) async throws {
      let predicted = try await line(of: "predict", cell)
      let seen = try await line(of: "boot", cell)
      for line in [predicted, seen] {
        #expect(line.count <= FailureCause.longest, "\(line)")
        #expect(line.hasPrefix(cell.words) && line.contains(cell.tail), "\(line)")
      }
      let tails = [predicted, seen].map { line in
        line.firstRange(of: cell.tail).map { String(line[$0.lowerBound...]) }
      }
      #expect(tails[0] == tails[1])
    }

    /// The last line of the text for people, without its verdict and its time.
    private func line(of command: String, _ cell: CauseCell) async throws -> String {
      try await ScratchFolder.with { folder in
        let out = command == "boot" ? ["--out", folder["run"].string] : []
        let result = try await CMALabProcess([command] + cell.arguments + out).result()
        #expect(result.status == .exited(1), "\(result.errors)")
        let line = result.output.split(separator: "\n").last { $0.hasPrefix("FAIL  ") }
        return String(try #require(line).dropFirst(6))
          .replacing(#/ \([0-9.]+ s\)$/#, with: "")
      }
    }

    @Test func aPanicHasItsRemedy() async throws {
      let result = try await CMALabProcess(
        ["boot", "--append", "rdinit=/nosuch init=/nosuch", "--cma", "64M"]
      ).result()
      #expect(result.status == .exited(1))
      let line = try #require(result.output.split(separator: "\n").last { $0.hasPrefix("FAIL  ") })
      #expect(line.contains("the guest panicked: "))
      #expect(line.contains("; next: --cma 0, which tells whether the pool is the cause"))
    }

    private static let statuses: [(arguments: [String], status: Int32)] = [
      (["predict", "--board", "arm64-2g", "--cma", "1000M"], 0),
      (["max", "--board", "arm64-2g"], 0),
      (["max", "--board", "arm64-2g", "--bank", "0+16M"], 1),
      (["lint", "--board", "imx8mp-evk", "--cma", "5000M"], 1),
    ]

    @Test(arguments: statuses)
    func whatIsRefusedOrDoomedEndsWithOne(arguments: [String], status: Int32) async throws {
      let result = try await CMALabProcess(arguments).result()
      #expect(result.status == .exited(status), "\(result.output)\(result.errors)")
    }
  }
}
