// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Quantities
import Records
import SystemPackage
import Testing

extension Guests.ARM {
  /// The 32-bit board, booted: without LPAE and with it.
  @Suite struct ARMGuestTests {
    @Test(arguments: ARMCell.sizes + ARMCell.above4GiB + ARMCell.reserved + ARMCell.crashKernels)
    func theGuestShowsWhatWasMeasured(_ cell: ARMCell) async throws {
      try await ScratchFolder.with { scratch in
        let out = scratch["run"]
        let result = try await CMALabProcess(
          ["boot", "--board", "arm-am57xx", "--out", out.string] + cell.arguments
        ).result()
        #expect(result.status == .exited(cell.verdict == .pass ? 0 : 1), "\(result.errors)")
        let json = try HostFile.read(out.appending("record.json"), limit: 16 << 20)
        let record = try RunRecord(json: json)
        #expect(record.verdict == cell.verdict, "\(record.reason)")
        #expect(record.observed.systemRAM.map(\.description) == cell.systemRAM)
        let pools = record.observed.cmaAreas.filter { $0.bytes > .zero }
          .map { "\($0.base) \($0.bytes)" }
        let expected = cell.pools.map {
          "0x\(String($0.base, radix: 16)) \(ByteCount.mebibytes($0.mebibytes))"
        }
        #expect(pools.sorted() == expected.sorted())
        let console = String(
          decoding: try HostFile.read(out.appending("console.log"), limit: 16 << 20), as: UTF8.self)
        for words in cell.words { #expect((console + result.output).contains(words), "\(words)") }
        if let taken = cell.taken { #expect(console.contains(taken)) }
        // What was said before agrees, pool by pool.
        let prediction = try #require(record.checks.first { $0.id == .prediction })
        #expect(prediction.verdict == .pass, "\(prediction)")
      }
    }

    /// The second layout has room above 4 GiB, which a kernel with LPAE takes and forgets.
    @Test(arguments: [
      [], ["--layout", "4g"], ["--layout", "4g", "--lpae"], ["--append", "crashkernel=128M"],
    ])
    func theGuestConfirmsTheLargestPools(_ arguments: [String]) async throws {
      let result = try await CMALabProcess(
        ["max", "--verify", "--board", "arm-am57xx"] + arguments
      ).result()
      #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
      for words in ["MiB is reserved", "MiB is refused", "MiB survives the allocation test"] {
        #expect(result.errors.contains(words), "\(result.errors)")
      }
    }

    @Test func aRemedyThatKeepsThePoolBelow4GiBIsShown() async throws {
      let result = try await CMALabProcess([
        "suggest", "--board", "arm-am57xx", "--layout", "4g", "--lpae", "--cma", "800M", "--verify",
      ]).result()
      #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
      #expect(result.output.contains("cma=800M@0xb0000000-0x100000000"), "\(result.output)")
    }

    /// RAM of which a small piece is taken at 4 GiB, and RAM that shares 2 MiB.
    @Test(arguments: [["0xe0000000+512M"], ["0x80000000+357M", "0x9650c000+832M"]])
    func whatNoKernelOf32BitsSurvivesIsToldBefore(_ banks: [String]) async throws {
      let layout = ["arm-am57xx"] + banks.flatMap { ["--bank", $0] }
      let lint = try await CMALabProcess(["lint"] + layout).result()
      #expect(lint.status == .exited(1), "\(lint.errors)")
      #expect(lint.output.contains("[unusable-memory]"), "\(lint.output)")
      let boot = try await CMALabProcess(["boot", "--timeout", "5", "--board"] + layout).result()
      #expect(boot.status == .exited(1) || boot.status == .exited(2), "\(boot.output)")
      #expect(!boot.output.contains("PASS"), "\(boot.output)")
      // With LPAE neither is a problem.
      let wide = try await CMALabProcess(["boot", "--lpae", "--board"] + layout).result()
      #expect(wide.status == .exited(0), "\(wide.output)")
    }

    /// A pool that the DMA API alone would have: what arm64 takes, 32-bit ARM refuses.
    @Test func aSharedPoolHasToBeUnmapped() async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--board", "arm-am57xx", "--region", "name=plain,size=4M", "--out",
          scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(1), "\(result.errors)")
        #expect(result.output.contains("regions without no-map are not yet supported"))
        #expect(result.output.contains("kernel/dma/coherent.c, rmem_dma_setup"))
      }
    }

    /// The early console, which the kernel would hang with, is left out of such a boot.
    @Test(arguments: [["--lpae"], []])
    func aTraceTellsTheBoot(_ kernel: [String]) async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess(
          [
            "boot", "--board", "arm-am57xx", "--layout", "pools", "--trace-memory", "--out",
            scratch["run"].string,
          ] + kernel
        ).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        for words in [
          "0x99000000-0x9cffffff", "HighMem  [mem 0x00000000b0000000", "cma_areas[]:",
          "ipu2-memory@95800000: base_pfn 0x95800, count 14336",
        ] { #expect(result.output.contains(words), "\(words)") }
      }
    }

    /// User space of 32 bits, the module, and a pool that the kernel does not map.
    @Test(arguments: [["--lpae"], []])
    func theTestsHoldOn32Bits(_ kernel: [String]) async throws {
      try await ScratchFolder.with { scratch in
        let names = ["allocate", "largest", "mmap", "dmabuf", "heap", "fuzz"]
        let result = try await CMALabProcess(
          [
            "boot", "--board", "arm-am57xx", "--cma", "128M", "--timeout", "300", "--format",
            "json", "--out", scratch["run"].string,
          ] + kernel + names.flatMap { ["--test", $0] }
        ).result(deadline: .seconds(900))
        #expect(result.status == .exited(0), "\(result.errors)")
        let record = try result.record
        #expect(record.verdict == .pass, "\(record.reason)")
        #expect(record.tests.map(\.name) == names)
        #expect(record.tests.allSatisfy { $0.verdict == .pass })
      }
    }

    @Test func theDeviceTreeIsOfThe32BitMachine() async throws {
      let result = try await CMALabProcess(["dts", "--board", "arm-am57xx"]).result()
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.output.contains("compatible = \"arm,armv7-timer\";"))
      #expect(result.output.contains("memory@80000000"))
    }
  }
}
