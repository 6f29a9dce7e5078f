// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records
import Transcripts

/// Whether the guest is the machine that was asked for. If it is not, nothing else that it says
/// proves anything about the board.
struct LayoutChecks {
  let request: RunRequest
  let observations: Observations
  let regions: RegionLedger

  var all: [Check] {
    [deviceTreeBlob, commandLine, deviceTreeBanks, systemRAM, memblock, cpus].compactMap(\.self)
  }

  /// The kernel was handed our blob, byte for byte; nil where no blob was written.
  private var deviceTreeBlob: Check? {
    guard let asked = request.deviceTree else { return nil }
    let seen = observations.identity.flattenedTree
    func words(_ bytes: UInt64, _ checksum: UInt32) -> String {
      "\(bytes) bytes, CRC-32 \(String(checksum, radix: 16))"
    }
    return .premise(
      .guest(.deviceTree),
      seen.map { $0.value.bytes == asked.bytes && $0.value.checksum == asked.checksum },
      expected: words(asked.bytes, asked.checksum),
      observed: seen.map { words($0.value.bytes, $0.value.checksum) } ?? "nothing",
      seen.map { [$0.evidence] } ?? [])
  }

  private var commandLine: Check {
    let seen = observations.identity.commandLine
    return .premise(
      .guest(.commandLine), seen.map { $0.value == GuestRecord.escaped(request.commandLine) },
      expected: request.commandLine, observed: seen?.value ?? "nothing",
      seen.map { [$0.evidence] } ?? [])
  }

  private var deviceTreeBanks: Check {
    let seen = observations.deviceTree?.banks
    let declared = request.declaredBanks ?? request.banks
    return .premise(
      .layout(.deviceTree), seen.map { AddressSet($0.map(\.value)) == AddressSet(declared) },
      expected: Self.list(declared), observed: Self.list(seen?.map(\.value).sorted()),
      seen?.map(\.evidence) ?? [])
  }

  /// The kernel's own view of RAM: it rounds to pages, and adjacent banks become one. What it was
  /// told not to map is no System RAM, and belongs to a region.
  private var systemRAM: Check {
    let seen = observations.ioMemory.map { $0.systemRAM }
    return ranges(.layout(.systemRAM), seen, missing: "no readable /proc/iomem")
  }

  /// Nil where the guest has no memblock debugfs: then /proc/iomem stands alone.
  private var memblock: Check? {
    observations.memblockMemory.map {
      ranges(.layout(.memblock), $0.ranges, missing: "nothing")
    }
  }

  private func ranges(_ id: Check.ID, _ seen: [Fact<PhysicalRange>]?, missing: String) -> Check {
    let banks = AddressSet(request.ram)
    let expected =
      observations.memblockMemory?.addressBits == 32 ? banks.with32BitAddresses : banks
    let notes = [
      request.usableRAM == nil ? "" : ": what device tree and command line leave of the banks",
      expected == banks ? "" : ": with 32-bit addresses, RAM ends before the last byte",
    ]
    let note = notes.joined()
    guard let seen, !seen.isEmpty else {
      return Check(
        id: id, verdict: .inconclusive, expected: Self.list(expected.ranges), observed: missing,
        source: [])
    }
    let owned = regions.unmappedByRequest.wholePages(of: regions.maps.pageSize)
    let observed = AddressSet(seen.map(\.value)).union(owned.intersection(expected))
    // Where a region without an address lies is in the log alone.
    let gap = observed == expected ? nil : regions.hasFloatingCarveOuts ? regions.accounts.gap : nil
    let verdict: Verdict = observed == expected ? .pass : gap == nil ? .fail : .inconclusive
    return Check(
      id: id, verdict: verdict, expected: Self.list(expected.ranges) + note,
      observed: Self.list(observed.ranges) + (gap.map { ", but \($0)" } ?? ""),
      source: seen.map(\.evidence))
  }

  private var cpus: Check {
    let seen = observations.identity.onlineCPUs
    return Check(
      id: .guest(.cpus),
      verdict: seen.map { $0.value == request.cpus ? .pass : .fail } ?? .inconclusive,
      expected: "\(request.cpus) online", observed: seen.map { "\($0.value) online" } ?? "nothing",
      source: seen.map { [$0.evidence] } ?? [])
  }

  private static func list(_ ranges: [PhysicalRange]?) -> String {
    guard let ranges, !ranges.isEmpty else { return "nothing" }
    return ranges.map(\.description).joined(separator: ", ")
  }
}

extension AddressSet {
  /// The ranges as a kernel with 32-bit physical addresses has them: one that ends at 4 GiB loses
  /// its last byte, as its size is capped at what its end can express (mm/memblock.c,
  /// memblock_cap_size).
  fileprivate var with32BitAddresses: AddressSet {
    let end: UInt64 = 0xffff_ffff
    return AddressSet(
      ranges.compactMap { range in
        range.last.value == end
          ? PhysicalRange(start: range.start, last: PhysicalAddress(end - 1)) : range
      })
  }
}
