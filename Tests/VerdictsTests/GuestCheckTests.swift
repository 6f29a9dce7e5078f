// SPDX-License-Identifier: Apache-2.0

import GuestConsoles
import Quantities
import Records
import Testing
import Verdicts

/// A guest of another kernel than the one that was asked for proves nothing.
@Suite struct GuestCheckTests {
  @Test func theKernelThatWasAskedForIsAPremiseThatHolds() throws {
    let judgement = try GuestConsole.wide.judged()
    #expect(judgement.check("guest.kernel")?.verdict == .pass)
    #expect(judgement.check("guest.page-size")?.verdict == .pass)
  }

  @Test(arguments: [("7.2", "Linux 7.2"), ("6.12", "Linux 6.12"), ("6.19", "Linux 6.19")])
  func aKernelOfAnotherLineIsInconclusive(line: String, expected: String) throws {
    let judgement = GuestConsole.wide.request.but(kernel: line)
      .judged(try GuestConsole.wide.bytes)
    let check = try #require(judgement.check("guest.kernel"))
    #expect(check.verdict == .inconclusive)
    #expect(check.expected == expected)
    #expect(check.observed == "Linux 6.1.192")
    #expect(judgement.verdict == .inconclusive)
    #expect(judgement.reason.hasPrefix("guest.kernel: "))
  }

  @Test func otherPagesAreInconclusive() throws {
    let judgement = GuestConsole.wide.request.but(pageSize: .sixtyFourKiB)
      .judged(try GuestConsole.wide.bytes)
    #expect(judgement.check("guest.page-size")?.observed == "pages of 4 KiB")
    #expect(judgement.verdict == .inconclusive)
    #expect(judgement.reason.hasPrefix("guest.page-size: "))
  }

  @Test func aGuestThatDoesNotSayIsInconclusive() throws {
    let judgement = try GuestConsole.wide.judged { console in
      console["uname"] = nil
    }
    #expect(judgement.check("guest.kernel")?.verdict == .inconclusive)
    #expect(judgement.verdict == .inconclusive)
  }

  /// An image of the user's own is what it is.
  @Test func anImageIsAskedForNoLine() throws {
    let judgement = GuestConsole.debian.request.but(kernel: "/boot/vmlinuz")
      .judged(try GuestConsole.debian.bytes)
    #expect(judgement.check("guest.kernel") == nil)
  }
}
