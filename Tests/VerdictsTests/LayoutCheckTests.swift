// SPDX-License-Identifier: Apache-2.0

import GuestConsoles
import Observations
import Quantities
import Records
import Testing
import Verdicts

/// A guest that is another machine than the one that was asked for proves nothing; one that is the
/// machine and sees its RAM differently fails.
@Suite struct LayoutCheckTests {
  @Test func anotherBlobIsAnotherMachine() throws {
    for (old, new) in [("crc32 1f5bc8d1", "crc32 1f5bc8d0"), ("bytes 1582", "bytes 1583")] {
      let judgement = try GuestConsole.wide.judged { $0.replace(old, with: new, in: "fdt") }
      #expect(judgement.verdict == .inconclusive)
      #expect(judgement.ids(.inconclusive) == ["guest.device-tree"])
      #expect(judgement.check("guest.device-tree")?.expected == "1582 bytes, CRC-32 1f5bc8d1")
    }
  }

  @Test func anotherCommandLineIsAnotherMachine() throws {
    for new in ["cma=3000M quiet", "cma=3001M", "cma=3000m"] {
      let judgement = try GuestConsole.wide.judged {
        $0.replace("cma=3000M", with: new, in: "cmdline")
      }
      #expect(judgement.verdict == .inconclusive)
      #expect(judgement.ids(.inconclusive) == ["guest.command-line"])
    }
  }

  @Test func banksThatWereNotAskedForAreAnotherMachine() throws {
    let judgement = try GuestConsole.wide.judged {
      $0.replace("00000000f0000000", with: "00000000e0000000", in: "device-tree")
    }
    #expect(judgement.verdict == .inconclusive)
    #expect(judgement.ids(.inconclusive) == ["layout.device-tree"])
    #expect(
      judgement.check("layout.device-tree")?.observed == "0x0-0xdfffffff, 0x800000000-0x80fffffff")
  }

  @Test func aMissingBankIsAnotherMachine() throws {
    let judgement = try GuestConsole.wide.judged { console in
      let lines = console["device-tree"]?.split(separator: "\n") ?? []
      console["device-tree"] = lines.filter { !$0.hasPrefix("/memory@8") }
        .map { "\($0)\n" }.joined()
    }
    #expect(judgement.verdict == .inconclusive)
  }

  /// The kernel had the right tree and made something else of it: that is a finding.
  @Test(
    arguments: [
      ("iomem", "00000000-efffffff", "00000000-efffefff", "layout.system-ram"),
      ("iomem", "800000000-80fffffff", "800000000-810000fff", "layout.system-ram"),
      ("memblock-memory", "0x00000000efffffff", "0x00000000efffefff", "layout.memblock"),
    ])
  func ramOfAnotherSizeFails(record: String, old: String, new: String, id: String) throws {
    let judgement = try GuestConsole.wide.judged { $0.replace(old, with: new, in: record) }
    #expect(judgement.verdict == .fail)
    #expect(judgement.ids(.fail).contains(id))
    #expect(judgement.reason.hasPrefix("\(id): expected 0x0-0xefffffff, 0x800000000-0x80fffffff"))
  }

  /// It has 32-bit addresses, and its RAM ends at 4 GiB: no end of it can be written in 32 bits.
  @Test func a32BitKernelLosesTheVeryEnd() throws {
    let judgement = try GuestConsole.arm.judged()
    #expect(judgement.verdict == .pass, "\(judgement.reason)")
    #expect(judgement.observations.cmaMessages.unknown == [])
    for id in ["layout.system-ram", "layout.memblock"] {
      let check = judgement.check(id)
      #expect(check?.observed == "0x80000000-0xfffffffe")
      #expect(
        check?.expected
          == "0x80000000-0xfffffffe: with 32-bit addresses, RAM ends before the last byte")
    }
    // It is the last byte, and no more.
    let shorter = try GuestConsole.arm.judged {
      $0.replace("ac000000-fffffffe", with: "ac000000-ffffdfff", in: "iomem")
    }
    #expect(shorter.ids(.fail) == ["layout.system-ram"])
  }

  /// Addresses of 64 bits reach the end: a kernel that has them must have all of the RAM.
  @Test func aKernelWithLongAddressesHasItAll() throws {
    let judgement = try GuestConsole.arm.judged {
      $0.replace(
        "0x80000000..0x9fffffff", with: "0x0000000080000000..0x000000009fffffff",
        in: "memblock-memory")
    }
    #expect(judgement.ids(.fail) == ["layout.system-ram", "layout.memblock"])
  }

  /// Its /proc/iomem has no line for RAM that is not mapped: only the early allocator knows of it.
  @Test func a32BitKernelsCarveOutIsAGap() throws {
    let carveOut = try #require(try GuestConsole.arm.judged().check("region.cmem@a0000000"))
    #expect(carveOut.verdict == .pass)
    #expect(carveOut.source.map(\.source) == ["kernel-log", "memblock-memory"])
    let mapped = try GuestConsole.arm.judged {
      $0.replace("80000000-9fffffff", with: "80000000-abffffff", in: "iomem")
    }
    #expect(mapped.check("region.cmem@a0000000")?.verdict == .fail)
  }

  @Test func ramInPiecesIsTheSameRAM() throws {
    let judgement = try GuestConsole.wide.judged {
      $0.replace(
        "00000000-efffffff : System RAM",
        with: "00000000-7fffffff : System RAM\n80000000-efffffff : System RAM", in: "iomem")
    }
    #expect(judgement.verdict == .pass, "\(judgement.reason)")
  }

  @Test(arguments: ["device-tree", "iomem", "cmdline", "cpus", "fdt"])
  func aMissingSourceIsInconclusive(record: String) throws {
    let gone = try GuestConsole.wide.judged { $0[record] = nil }
    #expect(gone.verdict == .inconclusive)
    let absent = try GuestConsole.wide.judged { $0[record] = "!absent ENOENT /x\n" }
    #expect(absent.verdict == .inconclusive)
    let broken = try GuestConsole.wide.judged { $0[record] = "!failed EIO /x\n" }
    #expect(broken.verdict == .inconclusive)
  }

  @Test func memblockMayBeMissing() throws {
    let judgement = try GuestConsole.wide.judged {
      $0["memblock-memory"] = "!absent ENOENT /sys/kernel/debug/memblock/memory\n"
      $0["memblock-reserved"] = "!absent ENOENT /sys/kernel/debug/memblock/reserved\n"
    }
    #expect(judgement.verdict == .pass, "\(judgement.reason)")
    #expect(judgement.check("layout.memblock") == nil)
    #expect(judgement.check("cma.reserved")?.source.map(\.source) == ["iomem"])
  }

  @Test func aCPUThatDidNotComeUpFails() throws {
    let judgement = try GuestConsole.fourCPUs.judged {
      $0.replace("online 0-3", with: "online 0-2", in: "cpus")
    }
    #expect(judgement.verdict == .fail)
    #expect(judgement.reason == "guest.cpus: expected 4 online, observed 3 online")
  }

  /// What is no plain text in a command line, init writes as `\xHH`.
  @Test func aCommandLineMayHoldAnyByte() throws {
    let plain = GuestConsole.wide.request
    let request = plain.but(commandLine: plain.commandLine + #" dyndbg="\u{fc}\n""#)
    var console = try FramedConsole(.wide)
    console.replace("3000M", with: #"3000M dyndbg="\x5cu{fc}\x5cn""#, in: "cmdline")
    #expect(request.judged(console.bytes).ids(.inconclusive) == [])
    console.replace(#"\x5cn"#, with: #"\x5cr"#, in: "cmdline")
    #expect(request.judged(console.bytes).ids(.inconclusive) == ["guest.command-line"])
  }
}
