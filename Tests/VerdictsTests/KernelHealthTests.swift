// SPDX-License-Identifier: Apache-2.0

import GuestConsoles
import Observations
import Records
import Testing
import Verdicts

/// A kernel that has found a fault of its own proves nothing of a pool.
@Suite struct KernelHealthTests {
  private func judged(taint: String) throws -> Judgement {
    try GuestConsole.wide.judged { console in
      let end = console.records.count - 1
      console.records.insert(.init("taint", "\(taint)\n"), at: end)
    }
  }

  /// 4096: a module from out of the tree, which is the test module. 8192: one without a signature.
  @Test(arguments: ["0", "4096", "12288"])
  func aKernelThatIsWellIsNotMentioned(taint: String) throws {
    let judgement = try judged(taint: taint)
    #expect(judgement.check("guest.taint") == nil)
    #expect(judgement.verdict == .pass)
  }

  @Test(arguments: [
    ("512", "a warning"), ("4608", "a warning"), ("128", "an oops"), ("16384", "a soft lockup"),
    ("32", "a bad page, or a report of a memory checker"), ("16", "a machine check"),
  ])
  func aKernelThatFoundAFaultFails(taint: String, words: String) throws {
    let judgement = try judged(taint: taint)
    let check = try #require(judgement.check("guest.taint"))
    #expect(check.verdict == .fail)
    #expect(check.observed == "taint flags \(taint): \(words)")
    #expect(judgement.verdict == .fail)
  }

  /// Records of cmalab 0.1 have none.
  @Test func aGuestThatDoesNotSayIsJudgedByTheRest() throws {
    #expect(try GuestConsole.wide.judged().verdict == .pass)
  }

  @Test func aLogOfTooManyMessagesIsInconclusive() throws {
    let judgement = try GuestConsole.wide.judged { console in
      let flood = repeatElement(
        "<6>[    1.000000] cma: cma_alloc: alloc failed\n", count: CMAMessages.limit + 1)
      console["kernel-log"] = (console["kernel-log"] ?? "") + flood.joined()
    }
    #expect(judgement.check("guest.kernel-log")?.verdict == .inconclusive)
    #expect(judgement.verdict == .inconclusive)
  }
}
