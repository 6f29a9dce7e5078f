// SPDX-License-Identifier: Apache-2.0
import HostProcesses
import SystemPackage
import Testing

/// A pool that does not fit, and what `cmalab suggest --verify` makes of it.
struct SuggestCell: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let exitCode: Int32
  let words: [String]
  /// What the command to paste says beyond what was asked.
  var boot: String?

  var testDescription: String { arguments.joined(separator: " ") }

  /// The failing cases of the catalogue's boards.
  static let all = [
    SuggestCell(
      arguments: ["--board", "arm64-4g", "--layout", "stock", "--cma", "3000M"], exitCode: 0,
      words: [
        "3000 MiB does not fit", "cma: Failed to reserve 3000 MiB", "change (invented RAM)",
        "the guest boots with such banks, and the board would not", "device_type = \"memory\";",
        "PASS  3000 MiB",
      ], boot: "--bank 0x0+3328M --bank 0x800000000+767M"),
    SuggestCell(
      arguments: ["--board", "arm64-4g", "--layout", "stock", "--cma", "2046M"], exitCode: 0,
      words: [
        "cma: Failed to reserve 2048 MiB", "change (reserved-memory)", "linux,cma-default;",
        "devices with a 32-bit DMA mask", "PASS  2 GiB of CMA at 0x800000000",
      ], boot: "--cma 2G@0x800000000-0x880000000 --via dts"),
    SuggestCell(
      arguments: [
        "--board", "arm64-4g", "--layout", "stock", "--cma", "1700M", "--append",
        "crashkernel=512M",
      ], exitCode: 0,
      words: [
        "it leaves no room for the crash kernel", "change (reserved-memory)",
        "PASS  1700 MiB of CMA at 0x8",
      ], boot: "--cma 1700M@0x800000000"),
    SuggestCell(
      arguments: ["--board", "arm64-2g", "--cma", "2000M"], exitCode: 1,
      words: ["fits, but is not safe", "the guest dies of it", "nothing makes it fit"]),
    SuggestCell(
      arguments: ["--board", "arm64-2g", "--cma", "2030M"], exitCode: 1,
      words: ["2030 MiB does not fit", "nothing makes it fit"]),
    SuggestCell(
      arguments: ["--cma", "30M@0x20000000"], exitCode: 0,
      words: ["change (alignment)", "cma=32M@0x20000000", "PASS  32 MiB of CMA at 0x20000000"],
      boot: "--cma 32M@0x20000000"),
    SuggestCell(
      arguments: ["--bank", "0+1G", "--cma", "700M", "--dtb-at", "0x20000000"], exitCode: 0,
      words: ["change (placement)", "setenv fdt_addr_r 0x", "PASS  700 MiB"], boot: "--dtb-at 0x"),
    SuggestCell(
      arguments: ["--board", "rpi4", "--layout", "4g", "--cma", "1000M"], exitCode: 0,
      words: ["devices that reach no further than 0x40000000 cannot use it", "PASS  1000 MiB"]),
    SuggestCell(
      arguments: ["--cma", "3000M"], exitCode: 0, words: ["3000 MiB fits, at 0x34800000", "PASS"]),
  ]
}

extension Guests {
  @Suite struct SuggestTests {
    @Test(arguments: SuggestCell.all)
    func theRemedyBootsOrThereIsNone(_ cell: SuggestCell) async throws {
      let result = try await CMALabProcess(["suggest", "--verify"] + cell.arguments).result()
      #expect(result.status == .exited(cell.exitCode), "\(result.errors)")
      for words in cell.words { #expect(result.output.contains(words), "\(result.output)") }
      guard let boot = cell.boot else { return }
      #expect(result.output.contains(boot), "\(result.output)")
      // What is printed can be pasted.
      let line = try #require(
        result.output.split(separator: "\n").first { $0.contains("cmalab boot") })
      let arguments = line.split(separator: " ").drop { $0 != "boot" }.map(String.init)
      try await ScratchFolder.with { scratch in
        let booted = try await CMALabProcess(arguments + ["--out", scratch["run"].string]).result()
        #expect(booted.status == .exited(0), "\(booted.errors)")
      }
    }

    /// A board with a default pool of its own in its tree.
    @Test func thePoolThatIsAskedOfTheTreeIsTheOnlyDefault() async throws {
      let result = try await CMALabProcess([
        "predict", "--board", "rpi4", "--via", "dts", "--cma", "128M",
      ]).result()
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.output.contains("128 MiB  pool 'linux,cma', the default pool"))
      #expect(!result.output.contains("64 MiB  pool"))
    }

    @Test func jsonIsTheSuggestionAndNothingElse() async throws {
      let result = try await CMALabProcess([
        "suggest", "--layout", "stock", "--cma", "2046M", "--format", "json",
      ]).result()
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.output.hasPrefix("{\n"))
      for words in [
        #""schema" : "cmalab.suggestion/1""#, #""outcome" : "remedy""#, #""kind" : "node""#,
        #""boot" : "cmalab boot --board arm64-4g --layout stock --cma 2G@0x800000000-0x880000000 --via dts""#,
      ] {
        #expect(result.output.contains(words), "\(result.output)")
      }
    }

    @Test(arguments: [
      (["suggest", "--cma", "0"], "there is no pool to make room for"),
      (["suggest", "--bank", "0x800+4K"], "is not a whole number of pages"),
      (
        ["suggest", "--verify", "--kernel-config", "x", "--cma", "1M"],
        "--kernel-config names none"
      ),
      (["max", "--verify", "--kernel-config", "x"], "--kernel-config names none"),
      (["max", "--image-size", "4M"], "--image-size goes with --kernel-config"),
    ])
    func misuseIsAnErrorOfUsage(_ arguments: [String], _ words: String) async throws {
      let result = try await CMALabProcess(arguments).result()
      #expect(result.status == .exited(64))
      #expect(result.complaints.first?.contains(words) == true, "\(result.errors)")
    }

    @Test(arguments: [
      (["--dtb-at", "0x0"], "the kernel is at"),
      (["--dtb-at", "0x1001"], "give a multiple of 8 bytes"),
      (["--initramfs-at", "0x700000000"], "of one bank"),
    ])
    func aFileOfTheBootHasToLieInRAM(_ arguments: [String], _ words: String) async throws {
      let result = try await CMALabProcess(["boot"] + arguments).result()
      #expect(result.status == .exited(2))
      #expect(result.complaints.first?.contains(words) == true, "\(result.errors)")
    }
  }
}
