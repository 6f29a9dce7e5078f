// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
import Testing

@testable import Commands
@testable import Kernels

/// The table of 'cmalab kernels'.
@Suite struct KernelTableTests {
  private static let line = KernelLine(
    name: "6.1", package: "linux-source-6.1", suites: ["bookworm"], architectures: [.arm64],
    without: [], with: [])

  private func kernel(
    _ pageSize: PageSize, pool: KconfigPool = .none, mebibytes: UInt64
  ) -> CachedKernel {
    CachedKernel(
      name: "\(pageSize) \(pool)", release: "6.1.192", target: .arm64(pageSize), isDebug: false,
      hasDebugInfo: false, pool: pool, line: "6.1", size: ByteCount(mebibytes << 20))
  }

  /// By what a kernel is for, and the plain one before those that were made from it.
  @Test func rowsOfALineAreInOrder() throws {
    let kernels = [
      kernel(.sixtyFourKiB, mebibytes: 96),
      kernel(.fourKiB, pool: try KconfigPool(parsing: "32M"), mebibytes: 63),
      kernel(.fourKiB, mebibytes: 93),
    ]
    func rows(_ order: KernelTable.Order) -> [String] {
      KernelTable(lines: [Self.line], suites: [:], kernels: kernels, order: order).text
        .split(separator: "\n").dropFirst(2).map(String.init)
    }
    #expect(rows(.line).map { $0.contains("64k") } == [false, false, true])
    #expect(rows(.line).map { $0.contains("with a pool of 32M") } == [false, true, false])
    #expect(rows(.size).map { $0.contains("64k") } == [true, false, false])
  }
}
