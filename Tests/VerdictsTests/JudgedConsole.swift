// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import MemoryRequests
import Quantities
import Records
import Transcripts
import Verdicts

/// A range from literals, its end inclusive.
func range(_ start: UInt64, _ last: UInt64) -> PhysicalRange {
  guard let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last)) else {
    preconditionFailure("a test's range is empty or wraps")
  }
  return range
}

extension GuestConsole {
  /// What the guest was asked to show.
  var request: RunRequest {
    switch self {
    case .wide: wide(checksum: 0x1f5b_c8d1)
    case .fourCPUs: wide(cpus: 4, bytes: 1870, checksum: 0x1b0c_7304)
    case .debian: wide(checksum: 0xb195_4b57)
    case .rounded: stock("2030M", mebibytes: 2030, checksum: 0x3606_1087)
    case .unreserved: stock("2046M", mebibytes: 2046, checksum: 0xa196_f323)
    case .panicked: request([range(0, 0x7fff_ffff)], "2000M", mebibytes: 2000)
    case .arm:
      request(
        [range(0x8000_0000, 0xffff_ffff)], "64M", mebibytes: 64,
        deviceTree: .init(bytes: 1886, checksum: 0x94a9_c74d)
      ).but(regions: [
        .init(
          node: "ipu2-memory@95800000", bytes: .mebibytes(56),
          base: PhysicalAddress(0x9580_0000), isPool: true, isNoMap: false),
        .init(
          node: "cmem@a0000000", bytes: .mebibytes(192), base: PhysicalAddress(0xa000_0000),
          isPool: false, isNoMap: true),
      ])
    }
  }

  private func wide(cpus: Int = 1, bytes: UInt64 = 1582, checksum: UInt32) -> RunRequest {
    request(
      [range(0, 0xefff_ffff), range(0x8_0000_0000, 0x8_0fff_ffff)], "3000M", mebibytes: 3000,
      cpus: cpus, deviceTree: .init(bytes: bytes, checksum: checksum))
  }

  private func stock(_ cma: String, mebibytes: UInt64, checksum: UInt32) -> RunRequest {
    request(
      [range(0, 0x7fef_ffff), range(0x8_0000_0000, 0x8_7fff_ffff)], cma, mebibytes: mebibytes,
      deviceTree: .init(bytes: 1582, checksum: checksum))
  }

  private func request(
    _ banks: [PhysicalRange], _ cma: String, mebibytes: UInt64, cpus: Int = 1,
    deviceTree: RunRequest.Blob? = nil
  ) -> RunRequest {
    RunRequest(
      board: "a-board", layout: "a-layout", banks: banks, inventedRAM: [],
      cmaBytes: .mebibytes(mebibytes), via: .commandLine,
      commandLinePool: PoolRequest(bytes: .mebibytes(mebibytes)), kconfigPool: KconfigPool.none,
      regions: [], kernel: "6.1", pageSize: "4k", cpus: cpus,
      commandLine: "console=ttyAMA0 earlycon panic=-1 cma=\(cma)",
      tests: [], deviceTree: deviceTree, placement: nil)
  }

  /// The verdict on the log as it is, of a QEMU that halted like that.
  func judged(_ halt: EmulatorHalt = .exited(status: 0)) throws -> Judgement {
    Judgement(
      request, transcript: Transcript(try bytes),
      outcome: EmulatorOutcome(halt: halt, complaints: "", seconds: 1))
  }

  /// The verdict on the log with its records altered, and framed again.
  func judged(altering alter: (inout FramedConsole) -> Void) throws -> Judgement {
    var console = try FramedConsole(self)
    alter(&console)
    return request.judged(console.bytes)
  }

  func judged(_ bytes: [UInt8], complaints: String = "") -> Judgement {
    Judgement(
      request, transcript: Transcript(bytes),
      outcome: EmulatorOutcome(halt: .exited(status: 0), complaints: complaints, seconds: 1))
  }
}

extension RunRequest {
  /// The same request but for what is named.
  func but(
    cmaBytes: ByteCount? = nil, pool: PoolRequest? = nil, kconfig: KconfigPool? = nil,
    regions: [Region]? = nil, commandLine: String? = nil, tests: [String]? = nil,
    kernel: String? = nil, pageSize: String? = nil
  ) -> RunRequest {
    RunRequest(
      board: board, layout: layout, banks: banks, inventedRAM: inventedRAM,
      cmaBytes: cmaBytes ?? self.cmaBytes, via: via,
      commandLinePool: pool ?? cmaBytes.map { PoolRequest(bytes: $0) } ?? commandLinePool,
      kconfigPool: kconfig ?? kconfigPool, regions: regions ?? self.regions,
      kernel: kernel ?? self.kernel, pageSize: pageSize ?? self.pageSize, cpus: cpus,
      commandLine: commandLine ?? self.commandLine, tests: tests ?? self.tests,
      deviceTree: deviceTree, placement: placement)
  }

  /// The verdict on a log whose guest powered off.
  func judged(_ bytes: [UInt8]) -> Judgement {
    Judgement(
      self, transcript: Transcript(bytes),
      outcome: EmulatorOutcome(halt: .exited(status: 0), complaints: "", seconds: 1))
  }
}

extension Judgement {
  func check(_ id: String) -> Check? { checks.first { $0.id == id } }

  /// The checks of that verdict.
  func ids(_ verdict: Verdict) -> [String] {
    checks.filter { $0.verdict == verdict }.map(\.id)
  }
}
