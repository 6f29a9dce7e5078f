// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostFiles
import HostProcesses
import Predictions
import Quantities
import Records
import SystemPackage
import Testing

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

  /// `$CMALAB_TEST_PAGES`, separated by blanks: what '.ci/conformance' has kernels for.
  static let asked = all.filter { cell in
    let names = getenv("CMALAB_TEST_PAGES").map { String(cString: $0) } ?? ""
    return names.split(separator: " ").contains { $0 == cell.pageSize }
  }
}

extension Guests.LargePages {
  /// Kernels with larger pages.
  @Suite struct PageSizeTests {
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

    /// A no-map region within one page leaves that page to the RAM on both sides of it, which the
    /// kernel survives unless it lies at the border of a block.
    @Test(
      arguments: PageSizeCell.asked,
      [(start: 0x1010_d000, lives: true), (start: 0x101f_d000, lives: false)])
    func aRegionWithinAPageMayNotEndABlock(
      _ cell: PageSizeCell, _ place: (start: UInt64, lives: Bool)
    ) async throws {
      let (start, lives) = place
      let region = "name=small,size=4K,at=0x\(String(start, radix: 16)),no-map"
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--layout", "wide", "--cma", "64M", "--page-size", cell.pageSize, "--region",
          region, "--format", "json", "--out", scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(lives ? 0 : 1), "\(result.errors)")
        let record = try result.record
        #expect(record.predicted?.fatality == (lives ? nil : .mixedMapping))
        #expect(record.prediction?.verdict == .pass)
        let console = try HostFile.read(scratch["run/console.log"], limit: 1 << 20)
        let isBug = console.firstRange(of: Array("Internal error: Oops - BUG".utf8)) != nil
        #expect(isBug == !lives)
      }
    }
  }
}
