// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostProcesses
import Quantities
import SystemPackage
import Testing
import Verdicts

/// What a page size makes of `cma=1500M`, measured on Linux 6.1.
struct PageSizeCell: Sendable, CustomTestStringConvertible {
  let pageSize: String
  /// CMA_MIN_ALIGNMENT_BYTES (include/linux/cma.h): a pageblock of the largest order.
  let alignment: ByteCount
  let base: UInt64
  let size: ByteCount

  var testDescription: String { pageSize }

  static let all = [
    PageSizeCell(
      pageSize: "16k", alignment: .mebibytes(32), base: 0x5200_0000, size: .mebibytes(1504)),
    PageSizeCell(
      pageSize: "64k", alignment: .mebibytes(512), base: 0x8000_0000, size: .mebibytes(1536)),
  ]

  /// `$CMALAB_TEST_PAGES`, separated by blanks: what 'make conformance' has kernels for.
  static let asked = all.filter { cell in
    let names = getenv("CMALAB_TEST_PAGES").map { String(cString: $0) } ?? ""
    return names.split(separator: " ").contains { $0 == cell.pageSize }
  }
}

extension Guests {
  /// Kernels with larger pages.
  @Suite(.enabled(if: !PageSizeCell.asked.isEmpty, "'make conformance' has their kernels"))
  struct PageSizeTests {
    @Test(arguments: PageSizeCell.asked)
    func aPoolIsAlignedAsThePagesWantIt(_ cell: PageSizeCell) async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--layout", "wide", "--cma", "1500M", "--page-size", cell.pageSize, "--test",
          "largest", "--format", "json", "--out", scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        let record = try result.record
        #expect(record.predicted?.alignment == cell.alignment)
        #expect(record.observed.cmaAreas.map(\.base.value) == [cell.base])
        #expect(record.observed.cmaAreas.map(\.bytes) == [cell.size])
        #expect(record.prediction?.verdict == .pass)
        #expect(cell.base % cell.alignment.bytes == 0)
      }
    }
  }
}
