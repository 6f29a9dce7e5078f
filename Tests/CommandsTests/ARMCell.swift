// SPDX-License-Identifier: Apache-2.0

import Records
import Testing

/// A selection on the 32-bit board, and what its guest has to show.
struct ARMCell: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let verdict: Verdict
  /// The pools' first bytes, in the order of addresses, each with its MiB.
  var pools: [(base: UInt64, mebibytes: UInt64)] = []
  /// /proc/iomem's System RAM.
  let systemRAM: [String]
  /// In what the kernel printed, or in the text for people.
  var words: [String] = []
  /// A range that the early allocator has as taken, as it prints it.
  var taken: String?

  var testDescription: String { arguments.joined(separator: " ") }

  /// A kernel with 32-bit addresses cannot say where RAM ends that ends at 4 GiB.
  private static let shortRAM = ["0x80000000-0xfffffffe"]
  private static let wholeRAM = ["0x80000000-0xffffffff"]

  /// The default pool goes to the end of highmem, which a kernel without LPAE has a page short.
  static let sizes = [
    ARMCell(
      arguments: ["--cma", "64M"], verdict: .pass, pools: [(0xfbc0_0000, 64)],
      systemRAM: shortRAM, words: ["cma: Reserved 64 MiB at 0xfbc00000"]),
    ARMCell(
      arguments: ["--cma", "512M"], verdict: .pass, pools: [(0xdfc0_0000, 512)],
      systemRAM: shortRAM),
    ARMCell(
      arguments: ["--cma", "1G"], verdict: .pass, pools: [(0xbfc0_0000, 1024)],
      systemRAM: shortRAM),
    // Neither highmem, 1280 MiB, nor lowmem, 768, has room for that.
    ARMCell(
      arguments: ["--cma", "1400M"], verdict: .fail, systemRAM: shortRAM,
      words: ["FAIL  cma: Failed to reserve 1400 MiB: largest hole "]),
    ARMCell(
      arguments: ["--lpae", "--cma", "64M"], verdict: .pass, pools: [(0xfc00_0000, 64)],
      systemRAM: wholeRAM, words: ["cma: Reserved 64 MiB at 0x00000000fc000000"]),
    ARMCell(
      arguments: ["--lpae", "--cma", "512M"], verdict: .pass, pools: [(0xe000_0000, 512)],
      systemRAM: wholeRAM),
    ARMCell(
      arguments: ["--lpae", "--cma", "1G"], verdict: .pass, pools: [(0xc000_0000, 1024)],
      systemRAM: wholeRAM),
    ARMCell(
      arguments: ["--lpae", "--cma", "1400M"], verdict: .fail, systemRAM: wholeRAM,
      words: ["cma: Failed to reserve 1400 MiB"]),
    ARMCell(
      arguments: ["--lpae", "--cpus", "4"], verdict: .pass, pools: [(0xfc00_0000, 64)],
      systemRAM: wholeRAM, words: ["4 online"]),
    ARMCell(
      arguments: ["--cpus", "4"], verdict: .pass, pools: [(0xfbc0_0000, 64)],
      systemRAM: shortRAM, words: ["4 online"]),
  ]

  /// RAM above 4 GiB: lost without LPAE; with it, Linux 6.1 finds room in highmem, forgets it there,
  /// and puts the pool into lowmem.
  static let above4GiB = [
    ARMCell(
      arguments: ["--layout", "4g"], verdict: .fail, pools: [(0xfbc0_0000, 64)],
      systemRAM: shortRAM, words: ["Ignoring memory block 0x200000000 - 0x280000000"]),
    ARMCell(
      arguments: ["--layout", "4g", "--lpae"], verdict: .pass, pools: [(0xac00_0000, 64)],
      systemRAM: wholeRAM + ["0x200000000-0x27fffffff"],
      taken: "0x000000027c000000..0x000000027fffffff"),
    ARMCell(
      arguments: ["--layout", "4g", "--lpae", "--cma", "512M"], verdict: .pass,
      pools: [(0x9000_0000, 512)], systemRAM: wholeRAM + ["0x200000000-0x27fffffff"],
      taken: "0x0000000260000000..0x000000027fffffff"),
  ]

  /// The pools of the board's coprocessors.
  private static let regionPools: [(base: UInt64, mebibytes: UInt64)] = [
    (0x9580_0000, 56), (0x9900_0000, 64), (0x9d00_0000, 32), (0x9f00_0000, 8),
  ]

  /// Of the document's two carve-outs, one lies in RAM.
  static let reserved = [
    ARMCell(
      arguments: ["--layout", "pools"], verdict: .pass, pools: regionPools + [(0xfbc0_0000, 64)],
      systemRAM: ["0x80000000-0x9fffffff", "0xac000000-0xfffffffe"],
      words: [
        "0xa0000000 - 0xabffffff", "not mapped by the kernel",
        "no RAM there, so nothing of 1 MiB to carve out at 0x40500000",
      ]),
    ARMCell(
      arguments: ["--layout", "pools", "--lpae"], verdict: .pass,
      pools: regionPools + [(0xfc00_0000, 64)],
      systemRAM: ["0x80000000-0x9fffffff", "0xac000000-0xffffffff"]),
    ARMCell(
      arguments: ["--lpae", "--layout", "pools", "--cma", "1G"], verdict: .pass,
      pools: regionPools + [(0xc000_0000, 1024)],
      systemRAM: ["0x80000000-0x9fffffff", "0xac000000-0xffffffff"]),
    // Lowmem ends at 0xb0000000: a pool lies in one zone, or is none.
    ARMCell(
      arguments: ["--lpae", "--region", "name=straddle,size=64M,at=0xae000000,reusable"],
      verdict: .fail, pools: [(0xfc00_0000, 64)], systemRAM: wholeRAM,
      words: ["cma: CMA area straddle@ae000000 could not be activated"]),
    ARMCell(
      arguments: ["--lpae", "--cma", "64M@0xae000000"], verdict: .fail, systemRAM: wholeRAM,
      words: ["defined on low/high memory boundary", "cma: Failed to reserve 64 MiB"]),
  ]

  /// In lowmem, at a multiple of 128 MiB, or at a place that is free.
  static let crashKernels = [
    ARMCell(
      arguments: ["--append", "crashkernel=128M"], verdict: .pass, pools: [(0xfbc0_0000, 64)],
      systemRAM: shortRAM,
      words: ["Reserving 128MB of memory at 2560MB for crashkernel", "128 MiB    crash kernel"]),
    ARMCell(
      arguments: ["--lpae", "--append", "crashkernel=64M@0x90000000"], verdict: .pass,
      pools: [(0xfc00_0000, 64)], systemRAM: wholeRAM,
      words: ["Reserving 64MB of memory at 2304MB for crashkernel", "64 MiB    crash kernel"]),
    ARMCell(
      arguments: ["--append", "crashkernel=800M"], verdict: .pass, pools: [(0xfbc0_0000, 64)],
      systemRAM: shortRAM, words: ["crashkernel reservation failed - No suitable area found."]),
    ARMCell(
      arguments: ["--append", "crashkernel=64M@0x80000000"], verdict: .pass,
      pools: [(0xfbc0_0000, 64)], systemRAM: shortRAM,
      words: ["crashkernel reservation failed - memory is in use."]),
  ]
}
