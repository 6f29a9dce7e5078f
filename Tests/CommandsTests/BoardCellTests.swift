// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import Observations
import Quantities
import Records
import SystemPackage
import Testing
import Transcripts

extension Guests {
  /// The table of what the first boards have to show, booted.
  @Suite struct BoardCellTests {
    @Test(arguments: BoardCell.all)
    func theGuestShowsWhatWasMeasured(_ cell: BoardCell) async throws {
      try await ScratchFolder.with { scratch in
        let out = scratch["run"]
        let result = try await CMALabProcess(["boot", "--out", out.string] + cell.arguments)
          .result()
        #expect(result.status == .exited(cell.exitCode), "\(result.errors)")
        #expect(result.complaints.isEmpty)
        for words in cell.textWords { #expect(result.output.contains(words)) }
        let json = try HostFile.read(out.appending("record.json"), limit: 16 << 20)
        let record = try RunRecord(json: json)
        let prediction = record.checks.first { $0.id == .prediction }
        #expect(prediction?.verdict == .pass, "\(prediction?.observed ?? "no prediction")")
        expect(record, of: cell)
        expect(String(decoding: json, as: UTF8.self), of: cell)
      }
    }

    @Test func jsonIsTheRecordAndNothingElse() async throws {
      try await ScratchFolder.with { scratch in
        let out = scratch["run"]
        let result = try await CMALabProcess([
          "boot", "--format", "json", "--out", out.string,
        ]).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        let json = try HostFile.read(out.appending("record.json"), limit: 16 << 20)
        #expect(Array(result.output.utf8) == json)
        #expect(try result.record.schema == "cmalab.run/1")
        #expect(result.errors.contains("the run is kept in \(out)\n"))
      }
    }

    @Test func aLayoutWithInventedRAMIsWarnedOf() async throws {
      try await ScratchFolder.with { scratch in
        func errors(_ layout: String) async throws -> String {
          try await CMALabProcess([
            "boot", "--layout", layout, "--cma", "16M", "--out", scratch[layout].string,
          ]).result().errors
        }
        let warning = "cmalab: warning: layout 'wide' has RAM at 0x80000000-0xefffffff, where"
        let wide = try await errors("wide")
        let stock = try await errors("stock")
        #expect(wide.contains(warning))
        #expect(!stock.contains("cmalab: warning"))
      }
    }

    /// The README's first command: 3000 MiB of RAM that such a board has, and nothing to warn of.
    @Test func theFirstBoardHasTheRAMThatItClaims() async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--board", "arm64-4g", "--cma", "3000M", "--out", scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        #expect(result.output.contains("PASS  3000 MiB of CMA at 0x34800000"), "\(result.output)")
        #expect(!(result.output + result.errors).contains("warning"))
        #expect(!result.output.contains("not on the hardware"))
      }
    }

    @Test func aDistributionsKernelBootsAsItIs() async throws {
      let cache = try ContentCache.ofUser(environment: TestEnvironment.variables)
      let image = try await DistributionKernel.debianARM64.files(in: cache).image
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--kernel-image", image.string, "--format", "json", "--out",
          scratch["run"].string,
        ]).result()
        #expect(result.status == .exited(0), "\(result.errors)")
        let record = try result.record
        #expect(record.verdict == .pass, "\(record.reason)")
        #expect(record.observed.cmaTotalBytes == .mebibytes(3000))
        #expect(record.observed.kernelRelease?.hasSuffix("-arm64") == true)
        #expect(record.request.kernel == image.string)
        // It has no debugfs for CMA, and the pool is drawn where the log puts it.
        for (format, words) in [
          ("text", "default CMA pool 'reserved'"), ("html", "Pools: reserved of "),
        ] {
          let report = try await CMALabProcess([
            "report", scratch["run"].string, "--format", format,
          ]).result()
          #expect(report.output.contains(words), "\(format)")
        }
      }
    }

    private func expect(_ record: RunRecord, of cell: BoardCell) {
      #expect(record.verdict == cell.verdict, "\(record.reason)")
      #expect(record.ending.kind == cell.ending)
      #expect(record.observed.cmaTotalBytes == cell.totalKilobytes.map { .kibibytes($0) })
      let text = record.observed.systemRAM.map {
        "\(hexadecimal($0.start))-\(hexadecimal($0.last))"
      }
      #expect(text == cell.systemRAM)
      #expect(record.request.cpus == cell.cpus)
      if cell.ending == .completed {
        #expect(record.observed.cmaAreas.map(\.base.value) == [cell.base].compactMap(\.self))
        #expect(record.checks.count >= 7)
        #expect(
          record.checks.contains { $0.id == .guest(.cpus) && $0.observed == "\(cell.cpus) online" })
      } else {
        #expect(record.ending.line.contains(cell.kernelWords))
      }
      let said = record.observed.cmaMessages.map(\.text) + [record.ending.line]
      #expect(said.contains { $0.contains(cell.kernelWords) })
    }

    /// As a script reads it, with no knowledge of our types.
    private func expect(_ json: String, of cell: BoardCell) {
      #expect(json.contains(#""schema" : "cmalab.run/1""#))
      #expect(json.contains(#""verdict" : "\#(cell.verdict.rawValue)""#))
      #expect(json.contains(#""kind" : "\#(cell.ending.rawValue)""#))
      if let total = cell.totalKilobytes {
        #expect(json.contains("\"cmaTotalBytes\" : \(total * 1024),\n"))
      }
      if let base = cell.base {
        #expect(json.contains("\"base\" : \"0x\(String(base, radix: 16))\""))
      }
      for range in cell.systemRAM {
        for end in range.split(separator: "-") {
          let digits = end.drop { $0 == "0" }
          #expect(json.contains("\"0x\(digits.isEmpty ? "0" : digits)\""))
        }
      }
    }

    /// Eight digits at least, as /proc/iomem writes addresses.
    private func hexadecimal(_ address: PhysicalAddress) -> String {
      let digits = String(address.value, radix: 16)
      return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
  }
}
