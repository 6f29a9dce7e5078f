// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
package import Records

/// A range from literals, its end inclusive.
private func range(_ start: UInt64, _ last: UInt64) -> PhysicalRange {
  guard let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last)) else {
    preconditionFailure("a test's range is empty or wraps")
  }
  return range
}

extension GuestConsole {
  /// What the guest was asked to show.
  package var request: RunRequest {
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
      regions: [], kernel: "6.1", pageSize: .fourKiB, cpus: cpus,
      commandLine: "console=ttyAMA0 earlycon panic=-1 cma=\(cma)",
      tests: [], deviceTree: deviceTree, placement: nil)
  }
}
