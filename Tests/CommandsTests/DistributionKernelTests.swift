// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import Records
import SystemPackage
import Testing

/// A board and a layout of the catalogue, to be booted with a distribution's kernel.
struct DistributionCell: Sendable, CustomTestStringConvertible {
  let kernel: DistributionKernel
  let entry: CatalogueEntry

  var testDescription: String { "\(entry), \(kernel.testDescription)" }

  static func all() throws -> [DistributionCell] {
    try DistributionKernel.asked.flatMap { kernel in
      try CatalogueEntry.all(of: kernel.architecture).map {
        DistributionCell(kernel: kernel, entry: $0)
      }
    }
  }

  /// More than any board has in one piece.
  var hugePool: String {
    switch kernel.architecture {
    case .arm64: "32G"
    // 4 GiB are no number there without LPAE.
    case .arm: "3G"
    }
  }

  /// Whether the layout has RAM above 4 GiB, which the kernel cannot see: that is a fault.
  var losesRAM: Bool { kernel.package == "linux-image-armmp" && entry.layout == "4g" }
}

extension Guests {
  /// The catalogue with kernels that are not cmalab's: their pools come from what they have, which is
  /// no debugfs, and the prediction from their .config.
  @Suite struct DistributionKernelTests {
    @Test(arguments: try DistributionCell.all())
    func theLayoutIsJudgedAndPredicted(_ cell: DistributionCell) async throws {
      let record = try await record(of: cell, cma: "64M")
      if cell.losesRAM {
        #expect(record.verdict == .fail)
        #expect(
          record.reason.hasPrefix("layout.system-ram: Ignoring memory block 0x200000000 - "),
          "\(record.reason)")
      } else {
        #expect(record.verdict == .pass, "\(record.reason)")
      }
    }

    @Test(arguments: try DistributionCell.all().filter(\.entry.isDefault))
    func aRefusalHasTheKernelsWords(_ cell: DistributionCell) async throws {
      let record = try await record(of: cell, cma: cell.hugePool)
      #expect(record.verdict == .fail)
      #expect(record.reason.contains("cma: Failed to reserve"), "\(record.reason)")
    }

    private func record(of cell: DistributionCell, cma: String) async throws -> RunRecord {
      let cache = try ContentCache.ofUser(environment: TestEnvironment.variables)
      let kernel = try await cell.kernel.files(in: cache)
      return try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--board", cell.entry.board, "--layout", cell.entry.layout, "--cma", cma,
          "--kernel-image", kernel.image.string, "--kernel-config", kernel.configuration.string,
          "--timeout", "240", "--format", "json", "--out", scratch["run"].string,
        ]).result()
        #expect(result.complaints.isEmpty, "\(result.errors)")
        let record = try result.record
        expectPredicted(record)
        return record
      }
    }

    /// As the guest did, or by name not to be told: the size of a node's data is not in a .config.
    private func expectPredicted(_ record: RunRecord) {
      let prediction = record.checks.first { $0.id == .prediction }
      let isOpen =
        prediction?.verdict == .inconclusive
        && prediction?.expected.hasPrefix("cannot be predicted: CONFIG_NUMA, ") == true
      #expect(
        prediction?.verdict == .pass || isOpen,
        "\(prediction?.observed ?? record.unpredicted ?? "no prediction")")
    }
  }
}
