// SPDX-License-Identifier: Apache-2.0

import HostProcesses
import Observations
import Records
import SystemPackage
import Testing

extension Guests.EveryLine {
  /// `crashkernel=` beside a pool of 3000 MiB, on each line: what it gets is what was predicted.
  @Suite struct CrashKernelTests {
    enum Outcome: Sendable {
      /// So many ranges: one, or one above the DMA limit and one below.
      case reserved(Int)
      /// The kernel's words.
      case refused(String)
      /// The line has no such form.
      case nothing
    }

    struct Cell: Sendable, CustomTestStringConvertible {
      let parameters: String
      let outcomes: [String: Outcome]
      var testDescription: String { parameters }

      /// - Parameter outcomes: on 5.10, 6.1, 6.12, and on 7.2, as which 7.3 does.
      init(_ parameters: String, _ outcomes: Outcome...) {
        self.parameters = parameters
        self.outcomes = Dictionary(
          uniqueKeysWithValues: zip(
            ["5.10", "6.1", "6.12", "7.2", "7.3"], outcomes + outcomes.suffix(1)))
      }
    }

    static let cells = [
      Cell("crashkernel=256M", .reserved(1), .reserved(1), .reserved(1), .reserved(1)),
      Cell(
        "crashkernel=1600M", .refused("cannot allocate crashkernel (size:0x64000000)"),
        .refused("cannot allocate crashkernel (size:0x64000000)"),
        .refused("cannot allocate crashkernel (size:0x64000000)"),
        .refused("cannot allocate crashkernel (size:0x64000000)")),
      Cell(
        "crashkernel=64M@0x50000000",
        .refused("cannot reserve crashkernel: region overlaps reserved memory"),
        .refused("cannot allocate crashkernel (size:0x4000000)"),
        .refused("crashkernel reservation failed - memory is in use."),
        .refused("crashkernel reservation failed - memory is in use.")),
      Cell(
        "crashkernel=64M@0x400000000",
        .refused("cannot reserve crashkernel: region is not memory"),
        .refused("cannot allocate crashkernel (size:0x4000000)"),
        .refused("crashkernel reservation failed - memory is in use."),
        .refused("crashkernel reservation failed - memory is in use.")),
      Cell(
        "crashkernel=64M@0x10100000",
        .refused("cannot reserve crashkernel: base address is not 2MB aligned"),
        .refused("cannot allocate crashkernel (size:0x4000000)"),
        .refused("crashkernel reservation failed - memory is in use."),
        .refused("crashkernel reservation failed - memory is in use.")),
      Cell("crashkernel=64M,high", .nothing, .reserved(1), .reserved(2), .reserved(2)),
      Cell(
        "crashkernel=64M,high crashkernel=1600M,low", .nothing,
        .refused("cannot allocate crashkernel low memory (size:0x64000000)."),
        .refused("cannot allocate crashkernel low memory (size:0x64000000)."),
        .refused("cannot allocate crashkernel low memory (size:0x64000000).")),
    ]

    @Test(arguments: TestLines.all, cells)
    func itGetsWhatThePoolLeaves(_ line: String, _ cell: Cell) async throws {
      try await ScratchFolder.with { scratch in
        let result = try await CMALabProcess([
          "boot", "--kernel", line, "--cma", "3000M", "--append", cell.parameters, "--format",
          "json", "--out", scratch["r"].string,
        ]).result()
        let record = try result.record
        #expect(record.verdict == .pass, "\(record.reason)")
        #expect(record.prediction?.verdict == .pass, "\(record.prediction?.observed ?? "none")")
        let observed = record.observed
        #expect(observed.unknownMessages.map(\.text) == [])
        switch try #require(cell.outcomes[line]) {
        case .reserved(let count):
          #expect(observed.crashKernel?.count == count)
          #expect(observed.complaints.isEmpty)
        case .refused(let words):
          #expect(observed.crashKernel == nil)
          #expect(observed.complaints.map(\.id) == ["crash-kernel"])
          #expect(observed.complaints.first?.source.text.hasSuffix(words) == true)
        case .nothing:
          #expect(observed.crashKernel == nil)
          #expect(observed.complaints.isEmpty)
        }
      }
    }
  }
}
