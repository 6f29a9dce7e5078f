// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Records
import SystemPackage

/// Measures a warm `cmalab boot` against the same guest started bare by the run's own `reproduce`,
/// and both against stock QEMU with the same kernel, in turn, so that a drifting machine slows all.
@main
struct BootBenchmark {
  /// Counted rounds; one before them is not counted.
  private static let rounds = 15

  static func main() async throws {
    if CommandLine.arguments.dropFirst() == ["--predictions"] {
      print("an in-process prediction: \(rounded(PredictionBenchmark.microseconds())) µs")
      return
    }
    guard CommandLine.arguments.count == 2 else {
      print("usage: boot-benchmark CMALAB | boot-benchmark --predictions")
      return
    }
    let cmalab = FilePath(CommandLine.arguments[1])
    let folder = FilePath("/tmp/cmalab-benchmark-\(UInt64.random(in: 0 ... .max))")
    defer { try? HostFile.remove(folder) }

    var contenders = [
      Contender(
        "cmalab boot",
        ToolCommand(.path(cmalab), ["boot", "--format", "json", "--out", folder.string])),
      Contender(
        "the bare guest (its 'reproduce')", ToolCommand(.path(folder.appending("reproduce")))),
      Contender("stock QEMU, no exact addresses", stockQEMU(folder)),
    ]
    var harnessCPU: [Double] = []
    var harnessMemory: [Double] = []
    for round in 0...rounds {
      // As most runs have it.
      try HostFile.remove(folder)
      for index in contenders.indices {
        let output = try await contenders[index].run(isCounted: round > 0)
        guard index == 0, round > 0 else { continue }
        let record = try RunRecord(json: output)
        harnessCPU.append(record.timing["harnessCPU"] ?? .nan)
        harnessMemory.append(record.timing["harnessPeakMiB"] ?? .nan)
      }
    }

    print("arm64-4g, layout wide, cma=3000M; \(rounds) rounds in turn; seconds of wall time")
    for contender in contenders {
      print("  \(contender.summary)")
    }
    let ratio = median(zip(contenders[0].seconds, contenders[1].seconds).map { $0 / $1 })
    print("  cmalab / bare guest, median of the pairs: \(rounded(ratio))")
    print("  an in-process prediction: \(rounded(PredictionBenchmark.microseconds())) µs")
    print(
      "  cmalab's own process: \(rounded(median(harnessCPU))) s CPU,"
        + " \(rounded(median(harnessMemory))) MiB peak")
  }

  /// QEMU's own way to boot a kernel: RAM where its virt machine has it, its own device tree.
  private static func stockQEMU(_ folder: FilePath) -> ToolCommand {
    ToolCommand(
      .named("qemu-system-aarch64"),
      [
        "-machine", "virt,gic-version=2", "-cpu", "cortex-a57", "-m", "4096M", "-nodefaults",
        "-no-reboot", "-display", "none", "-serial", "stdio", "-kernel", "Image", "-initrd",
        "initramfs.cpio", "-append", "console=ttyAMA0 earlycon panic=-1 cma=2000M",
      ], directory: folder)
  }
}

/// A command and how long each of its counted runs took.
private struct Contender {
  let name: String
  let command: ToolCommand
  private(set) var seconds: [Double] = []

  init(_ name: String, _ command: ToolCommand) {
    self.name = name
    self.command = command
  }

  mutating func run(isCounted: Bool) async throws -> [UInt8] {
    let clock = ContinuousClock()
    let started = clock.now
    let output = try await command.output(deadline: .seconds(600))
    if isCounted { seconds.append((clock.now - started) / .seconds(1)) }
    return output
  }

  var summary: String {
    let range = "\(rounded(seconds.min() ?? .nan)) to \(rounded(seconds.max() ?? .nan))"
    return "\(name): median \(rounded(median(seconds))), \(range)"
  }
}

private func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Three digits behind the point.
private func rounded(_ value: Double) -> Double {
  (value * 1000).rounded() / 1000
}
