// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import Transcripts

/// A board, a layout and a pool that were booted for the project's first measurements, and what the
/// guest has to say of them.
struct BoardCell: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let verdict: Verdict
  let exitCode: Int32
  let ending: Ending.Kind
  /// The pool's first byte; nil where there is none, or where it was not measured.
  let base: UInt64?
  /// CmaTotal; nil where the guest did not live to print it.
  let totalKilobytes: UInt64?
  /// /proc/iomem's lines of System RAM, without the words.
  let systemRAM: [String]
  let cpus: Int
  /// Words of the guest's kernel, in the record as it printed them.
  let kernelWords: String
  /// In the text for people.
  let textWords: [String]

  init(
    _ arguments: [String], _ verdict: Verdict, exit exitCode: Int32,
    ending: Ending.Kind = .completed, base: UInt64?, totalKilobytes: UInt64?,
    systemRAM: [String], cpus: Int = 1, kernelWords: String, textWords: [String]
  ) {
    self.arguments = arguments
    self.verdict = verdict
    self.exitCode = exitCode
    self.ending = ending
    self.base = base
    self.totalKilobytes = totalKilobytes
    self.systemRAM = systemRAM
    self.cpus = cpus
    self.kernelWords = kernelWords
    self.textWords = textWords
  }

  var testDescription: String { arguments.joined(separator: " ") }

  static let rk3568RAM = ["00000000-efffffff", "1f0000000-1ffffffff"]
  static let stockRAM = ["00000000-7fefffff", "800000000-87fffffff"]

  static let passing = BoardCell(
    ["--board", "arm64-4g", "--cma", "3000M"], .pass, exit: 0, base: 0x3480_0000,
    totalKilobytes: 3_072_000, systemRAM: rk3568RAM,
    kernelWords: "cma: Reserved 3000 MiB at 0x0000000034800000",
    textWords: ["PASS  3000 MiB of CMA at 0x34800000", "0x34800000 -  0xefffffff    3000 MiB"])

  static let failing = BoardCell(
    ["--board", "arm64-4g", "--layout", "stock", "--cma", "2046M"], .fail, exit: 1, base: nil,
    totalKilobytes: 0, systemRAM: stockRAM, kernelWords: "cma: Failed to reserve 2048 MiB",
    textWords: [
      "FAIL  cma: Failed to reserve 2048 MiB: largest hole 2036 MiB, from "
    ])

  static let panicking = BoardCell(
    ["--board", "arm64-2g", "--cma", "2000M"], .fail, exit: 1, ending: .panicked,
    base: nil, totalKilobytes: nil, systemRAM: [],
    kernelWords: "Kernel panic - not syncing: System is deadlocked on memory",
    textWords: [
      "FAIL  the guest panicked: System is deadlocked on memory: ", "MiB of RAM left beside it",
    ])

  static let all = [
    passing,
    BoardCell(
      ["--board", "arm64-4g", "--layout", "stock", "--cma", "1700M"], .pass, exit: 0,
      base: 0x1580_0000, totalKilobytes: 1_740_800, systemRAM: stockRAM,
      kernelWords: "cma: Reserved 1700 MiB at 0x0000000015800000",
      textWords: ["PASS  1700 MiB of CMA at 0x15800000"]),
    BoardCell(
      ["--board", "arm64-4g", "--layout", "stock", "--cma", "2030M"], .pass, exit: 0,
      base: 0xc0_0000, totalKilobytes: 2_080_768, systemRAM: stockRAM,
      kernelWords: "cma: Reserved 2032 MiB at 0x0000000000c00000",
      textWords: ["PASS  2032 MiB of CMA at 0xc00000", "2030 MiB rounded up to 4 MiB"]),
    failing,
    panicking,
    BoardCell(
      ["--board", "arm64-4g", "--cma", "3000M", "--cpus", "4"], .pass, exit: 0,
      base: 0x3480_0000, totalKilobytes: 3_072_000, systemRAM: rk3568RAM, cpus: 4,
      kernelWords: "cma: Reserved 3000 MiB at 0x0000000034800000",
      textWords: ["PASS  3000 MiB of CMA at 0x34800000", "4 CPUs", "4 online"]),
    // A node's pool across the 4 GiB line, which the model has, and has given up.
    BoardCell(
      ["--board", "jetson-nano", "--via", "dts", "--cma", "3000M"], .fail, exit: 1, base: nil,
      totalKilobytes: 0, systemRAM: ["80000000-17fffffff"], cpus: 4,
      kernelWords: "cma: CMA area linux,cma could not be activated",
      textWords: ["FAIL  CMA area linux,cma could not be activated"]),
  ]
}
