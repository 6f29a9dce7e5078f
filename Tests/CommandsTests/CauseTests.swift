// SPDX-License-Identifier: Apache-2.0

import HostFiles
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
      let result = try await CMALabProcess(["predict"] + cell.arguments).result()
      #expect(result.status == .exited(1), "\(result.errors)")
      let predicted = try line(of: result, verdict: "FAIL")
      let seen = try await lineOfBoot(cell.arguments)
      let lines = [predicted, seen].map(\.withTreeAsLastFile)
      for line in lines {
        #expect(line.count <= FailureCause.longest, "\(line)")
        #expect(line.hasPrefix(cell.words) && line.contains(cell.tail), "\(line)")
      }
      let tails = lines.map { line in
        line.firstRange(of: cell.tail).map { String(line[$0.lowerBound...]) }
      }
      #expect(tails[0] == tails[1])
    }

    @Test func aPanicHasItsRemedy() async throws {
      let line = try await lineOfBoot([
        "--append", "rdinit=/nosuch init=/nosuch", "--cma", "64M",
      ])
      #expect(line.hasPrefix("the guest panicked: "))
      #expect(line.hasSuffix("; next: --cma 0, which tells whether the pool is the cause"))
    }

    /// A kernel that does not know `cma=`, as a vendor's may not, gives the board's node its pool.
    @Test func aPoolThatIsAnothersIsNamed() async throws {
      try await ScratchFolder.with { scratch in
        let image = try await TestKernel.image()
        var bytes = try HostFile.read(image, limit: 64 << 20)
        // What early_param() of kernel/dma/contiguous.c listens to.
        let word = try #require(bytes.firstRange(of: Array("\0cma\0".utf8)))
        bytes.replaceSubrange(word, with: Array("\0cmx\0".utf8))
        try HostFile.write(bytes, to: scratch["Image"])
        let line = try await lineOfBoot([
          "--board", "rpi4", "--cma", "32M", "--kernel-image", scratch["Image"].string,
          "--kernel-config", image.removingLastComponent().appending("config").string,
        ])
        #expect(
          line
            == "the default pool is linux,cma-default of 'linux,cma': expected cma=32M on the command "
            + "line wins; next: cmalab predict, which tells the setting that wins")
      }
    }

    /// A node that is refused has asked all the same.
    @Test func aRefusedDefaultNodeIsNotNothing() async throws {
      let result = try await CMALabProcess([
        "predict", "--board", "imx8mp-evk", "--cma", "none", "--region",
        "name=vid,size=640M,reusable,default,within=0x50000000-0x70000000",
      ]).result()
      #expect(result.status == .exited(1))
      #expect(
        result.output.contains("the node with linux,cma-default is refused, and nothing else"))
      #expect(!result.output.contains("no setting asks"), "\(result.output)")
    }

    @Test func aWordThatTakesCPUsAwayIsNamed() async throws {
      let line = try await lineOfBoot([
        "--cma", "64M", "--cpus", "2", "--append", "maxcpus=1",
      ])
      #expect(line == "guest.cpus: 'maxcpus=1' on the command line; next: drop 'maxcpus=1'")
    }

    @Test func aPoolOverTheKernelIsNamedWithTheBug() async throws {
      let line = try await lineOfBoot([
        "--board", "imx8mp-evk", "--cma", "none", "--kernel-at", "0x40000000", "--region",
        "name=vid,size=64M,reusable,at=0x40000000",
      ])
      #expect(line.contains("'vid@40000000' covers the kernel; next: cmalab lint"), "\(line)")
    }

    @Test func aSilentGuestHasItsRemedy() async throws {
      try await ScratchFolder.with { scratch in
        try MadeUpImage.silent.write(to: scratch["Image"])
        let line = try await lineOfBoot(
          ["--kernel-image", scratch["Image"].string, "--timeout", "2"], verdict: "INCONCLUSIVE",
          status: 2)
        #expect(line.hasPrefix("stage 'first output' was not over after 2 s: no kernel for this "))
        #expect(line.hasSuffix("; next: --kernel 6.12, to tell image from board"))
      }
    }

    /// One that QEMU has, with a property that it has not: which models it has depends on its release.
    @Test func aCPUThatQEMUDoesNotHaveHasItsRemedy() async throws {
      try await ScratchFolder.with { scratch in
        let board = """
          name: odd
          summary: a board with a CPU that no QEMU has
          architecture: arm64
          cpu: { model: "cortex-a57,nosuch=on", count: 1 }
          devices: { gic: 0xf9000000, uart: 0xff000000 }
          physical-ram: [ { base: 0x0, size: 1G } ]
          layouts: { stock: { summary: made up, banks: [ { base: 0x0, size: 1G } ] } }
          defaults: { layout: stock, cma: 64M }
          sources: [ "made up" ]
          """
        let file = try scratch.write(board, to: "odd.yaml")
        let line = try await lineOfBoot(
          ["--board", file.string], verdict: "INCONCLUSIVE", status: 2)
        #expect(line.contains("cortex-a57-arm-cpu"), "\(line)")
        #expect(line.hasSuffix("; next: another cpu.model in the board file, as cortex-a72"))
      }
    }

    /// What a run's last line says, which every report of it says as well.
    private func lineOfBoot(
      _ arguments: [String], verdict: String = "FAIL", status: Int32 = 1
    ) async throws -> String {
      try await ScratchFolder.with { folder in
        let run = folder["run"].string
        let result = try await CMALabProcess(["boot", "--out", run] + arguments).result()
        #expect(result.status == .exited(status), "\(result.errors)")
        let line = try line(of: result, verdict: verdict)
        #expect(line.count <= FailureCause.longest, "\(line)")
        for format in ["text", "html", "markdown", "junit"] {
          let report = try await CMALabProcess(["report", run, "--format", format]).result()
          #expect(report.output.withoutEscapes.contains(line), "\(format): \(line)")
        }
        return line
      }
    }

    /// The last line of the text for people, without its verdict and its time.
    private func line(of result: CMALabResult, verdict: String) throws -> String {
      let line = result.output.split(separator: "\n").last { $0.hasPrefix("\(verdict)  ") }
      return String(try #require(line, "\(result.output)").dropFirst(verdict.count + 2))
        .replacing(#/ \([0-9.]+ s(, after .*)?\)$/#, with: "")
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

extension String {
  /// Without what HTML, XML and Markdown write in place of a character.
  fileprivate var withoutEscapes: String {
    let names = ["lt": "<", "gt": ">", "quot": "\"", "apos": "'", "amp": "&"]
    return replacing(#/&(?:\#([0-9]+)|([a-z]+));/#) { match in
      let scalar = match.1.flatMap { UInt32($0) }.flatMap(Unicode.Scalar.init)
      return scalar.map { String(Character($0)) } ?? match.2.flatMap { names[String($0)] } ?? "?"
    }.replacing(#/\\([!-\/:-@\[-`{-~])/#) { $0.1 }
      .replacing(#/<span class="option">([^<]*)<\/span>/#) { $0.1 }
  }
}
