// SPDX-License-Identifier: Apache-2.0

import Emulator
import GuestConsoles
import Observations
import Quantities
import Records
import Testing
import Transcripts
import Verdicts

/// Each thing that can be wrong with a pool, alone.
@Suite struct PoolCheckTests {
  private func judged(_ old: String, _ new: String, in record: String) throws -> Judgement {
    try GuestConsole.wide.judged { $0.replace(old, with: new, in: record) }
  }

  @Test(arguments: ["3071996 kB", "3072004 kB", "3071999 kB", "4 kB"])
  func aTotalThatIsNotWhatIsDueFails(total: String) throws {
    let judgement = try judged("3072000 kB", total, in: "meminfo")
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail).starts(with: ["cma.total"]))
    #expect(judgement.reason.hasPrefix("cma.total: expected 3000 MiB, observed "))
  }

  /// 2030 MiB as they were asked for are not what the kernel should have made of them.
  @Test func aTotalThatWasNotRoundedFails() throws {
    let judgement = try GuestConsole.rounded.judged {
      $0.replace("CmaTotal:        2080768", with: "CmaTotal:        2078720", in: "meminfo")
    }
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail).first == "cma.total")
  }

  @Test func withoutMemoryInfoNothingIsSaid() throws {
    let gone = try GuestConsole.wide.judged { $0["meminfo"] = nil }
    #expect(gone.verdict == .inconclusive)
    #expect(gone.ids(.inconclusive) == ["cma.total"])
    let partial = try GuestConsole.wide.judged {
      $0["meminfo"] = ($0["meminfo"] ?? "") + "!failed EIO /proc/meminfo\n"
    }
    #expect(partial.verdict == .inconclusive)
    let without = try judged("CmaTotal", "CmbTotal", in: "meminfo")
    #expect(without.verdict == .inconclusive)
    #expect(without.check("cma.total")?.observed == "no CmaTotal in /proc/meminfo")
  }

  /// Where the guest does not say how it rounds, no total is right; one below the request is wrong.
  @Test func withoutARoundingOnlyTooLittleIsKnown() throws {
    let enough = try GuestConsole.wide.judged { $0["pagetypeinfo"] = nil }
    #expect(enough.verdict == .inconclusive)
    #expect(
      enough.check("cma.total")?.expected
        == "3000 MiB, but the guest does not say how its kernel rounds")
    let tooLittle = try GuestConsole.unreserved.judged { $0["pagetypeinfo"] = nil }
    #expect(tooLittle.verdict == .fail)
    #expect(tooLittle.reason.contains("cma: Failed to reserve 2048 MiB"))
  }

  @Test(
    arguments: [
      ("kernel-log", "at 0x0000000034800000", "at 0x0000000034a00000"),
      ("cma-debugfs", "base_pfn\t215040", "base_pfn\t215041"),
    ])
  func twoBasesDisagree(record: String, old: String, new: String) throws {
    let judgement = try judged(old, new, in: record)
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail).contains("cma.base"))
    #expect(judgement.check("cma.base")?.source.map(\.source) == ["kernel-log", "cma-debugfs"])
  }

  @Test(
    arguments: [
      ("kernel-log", "3072000K cma-reserved", "3071996K cma-reserved"),
      ("kernel-log", "cma: Reserved 3000 MiB", "cma: Reserved 3001 MiB"),
      ("cma-debugfs", "count\t768000", "count\t767999"),
    ])
  func twoSizesDisagree(record: String, old: String, new: String) throws {
    let judgement = try judged(old, new, in: record)
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail) == ["cma.size"])
  }

  @Test func aPoolAcrossABanksEndIsInNoBank() throws {
    let judgement = try GuestConsole.wide.judged {
      $0.replace("base_pfn\t215040", with: "base_pfn\t216064", in: "cma-debugfs")
      $0.replace("at 0x0000000034800000", with: "at 0x0000000034c00000", in: "kernel-log")
    }
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail) == ["cma.bank", "cma.reserved"])
    #expect(judgement.check("cma.bank")?.observed == "0x34c00000-0xf03fffff is in no bank")
  }

  @Test func aPoolThatIsNotReservedFails() throws {
    let judgement = try judged(
      "0x0000000030800000..0x00000000efffffff", "0x0000000030800000..0x00000000effeffff",
      in: "memblock-reserved")
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail) == ["cma.reserved"])
  }

  /// Debian's kernel has neither debugfs nor sysfs for it: the log then says where.
  @Test func withoutDebugfsTheLogPlacesThePool() throws {
    let moved = try GuestConsole.debian.judged {
      $0.replace("at 0x0000000034800000", with: "at 0x0000000035800000", in: "kernel-log")
    }
    #expect(moved.verdict == .fail)
    #expect(moved.ids(.fail) == ["cma.bank", "cma.reserved"])

    let nowhere = try GuestConsole.debian.judged {
      $0.replace("MiB at 0x0000000034800000", with: "MiB in 1 range", in: "kernel-log")
    }
    #expect(nowhere.verdict == .inconclusive)
    #expect(nowhere.ids(.inconclusive) == ["cma.base", "cma.bank"])
  }

  /// On the right machine, what is refuted stays refuted whatever else is not known.
  @Test func aFailureOutranksWhatIsNotKnownOfThePool() throws {
    let judgement = try GuestConsole.debian.judged {
      $0.replace("MiB at 0x0000000034800000", with: "MiB in 1 range", in: "kernel-log")
      $0.replace("3072000 kB", with: "3071996 kB", in: "meminfo")
    }
    #expect(judgement.verdict == .fail)
    #expect(judgement.reason.hasPrefix("cma.total"))
    let elsewhere = try GuestConsole.wide.judged {
      $0.replace("bytes 1582", with: "bytes 1583", in: "fdt")
      $0.replace("3072000 kB", with: "3071996 kB", in: "meminfo")
    }
    #expect(elsewhere.verdict == .inconclusive)
  }

  @Test func aGuestThatWasAskedForNoPoolShowsNone() throws {
    let request = GuestConsole.wide.request.but(cmaBytes: .zero)
    #expect(request.judged(try GuestConsole.wide.bytes).ids(.fail) == ["cma.winner", "cma.total"])
    var console = try FramedConsole(.wide)
    console.replace("3072000 kB", with: "0 kB", in: "meminfo")
    #expect(request.judged(console.bytes).ids(.fail) == ["cma.winner"])
    console["cma-debugfs"] = ""
    console.replace("cma: Reserved", with: "cma: reserved", in: "kernel-log")
    #expect(request.judged(console.bytes).verdict == .pass)
  }
}

/// How the kernel lines round.
@Suite struct PoolRoundingTests {
  private func rounding(
    _ release: String, pageSize: UInt64, pageblock: UInt64, order: UInt64?
  ) -> PoolRounding? {
    let columns = order.map { (0...$0).map { " \($0)" }.joined() } ?? ""
    let console = FramedConsole(records: [
      .init("uname", "release \(release)\npage-size \(pageSize)\n"),
      .init(
        "pagetypeinfo",
        "Pages per block:  \(pageblock)\nFree pages count per migrate type at order \(columns) \n"),
    ])
    return PoolRounding(Observations(Transcript(console.bytes)).identity)
  }

  @Test(
    arguments: [
      // Since 5.19 a pageblock, whatever the largest block is.
      ("6.1.192", 4096, 1024, 10, 4 << 20), ("6.1.0-56-arm64", 4096, 512, 10, 2 << 20),
      ("5.19.0", 4096, 512, 10, 2 << 20), ("7.2.1", 65536, 8192, 13, 512 << 20),
      ("6.1.192", 65536, 1024, 10, 64 << 20), ("6.1.192", 16384, 2048, 11, 32 << 20),
      // Before it, the largest block where that is larger.
      ("5.18.19", 4096, 512, 10, 4 << 20), ("5.10.251", 4096, 512, 10, 4 << 20),
      ("5.10.251", 4096, 1024, 10, 4 << 20), ("5.10.251", 65536, 1024, 10, 64 << 20),
      ("5.10.251", 65536, 8192, 13, 512 << 20), ("4.19.0", 16384, 1024, 11, 32 << 20),
      ("5.10.251", 65536, 8192, 10, 512 << 20),
    ] as [(String, UInt64, UInt64, UInt64, UInt64)])
  func theUnitIsTheKernels(
    release: String, pageSize: UInt64, pageblock: UInt64, order: UInt64, unit: UInt64
  ) {
    let rounding = rounding(release, pageSize: pageSize, pageblock: pageblock, order: order)
    #expect(rounding?.alignment.bytes == unit)
    #expect(rounding?.rounded(ByteCount(1)) == ByteCount(unit))
    #expect(rounding?.rounded(ByteCount(unit)) == ByteCount(unit))
    #expect(rounding?.rounded(ByteCount(unit + 1)) == ByteCount(2 * unit))
    #expect(rounding?.rounded(ByteCount(.max)) == nil)
  }

  @Test func aGuestThatDoesNotSayIsNotGuessed() {
    #expect(rounding("5.10.251", pageSize: 4096, pageblock: 512, order: nil) == nil)
    #expect(rounding("6.1.192", pageSize: 4096, pageblock: 512, order: nil) != nil)
    #expect(rounding("five", pageSize: 4096, pageblock: 512, order: 10) == nil)
    #expect(rounding("6.1.192", pageSize: 4095, pageblock: 512, order: 10) == nil)
    #expect(rounding("6.1.192", pageSize: 4096, pageblock: .max, order: 10) == nil)
    #expect(rounding("5.10.251", pageSize: 4096, pageblock: 512, order: 63) == nil)
  }

  @Test("a size that wraps when it is rounded up fails, and says so")
  func sizeThatWraps() throws {
    let request = GuestConsole.wide.request.but(cmaBytes: ByteCount(.max - 1))
    let total = try #require(request.judged(try GuestConsole.wide.bytes).check("cma.total"))
    #expect(total.verdict == .fail)
    #expect(total.expected == "18446744073709551614 bytes, which rounds up past 2^64")
  }
}
