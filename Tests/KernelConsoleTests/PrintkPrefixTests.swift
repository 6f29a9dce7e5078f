// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KernelConsole

@Suite struct PrintkPrefixTests {
  private static let forms = PrefixForm.forms(of: .foreign).flatMap(\.self)

  @Test(arguments: forms.map(\.example))
  func everyFormReadsItsExampleAndNothingElse(example: String) {
    let line = PrintkLine("\(example) cma: Reserved 64 MiB at 0x1"[...], of: .foreign)
    #expect(line.text == "cma: Reserved 64 MiB at 0x1")
    #expect(!Self.forms.contains { $0.origin.isEmpty })
    // A part of a form is none.
    for count in 1..<example.count {
      let part = String(example.prefix(count))
      #expect(PrintkLine(part[...], of: .foreign).text.count <= count)
    }
  }

  /// Forms as they stand together in logs of real boards.
  @Test(
    arguments: [
      ("[    0.000000] ", 0, nil, nil, nil), ("<6>[    0.000000] ", 0, nil, nil, nil),
      ("[ 0.000000@0] ", 0, "C0", nil, nil),
      ("[    0.000000] <0>-(0)[0:swapper]", 0, "0:swapper@C0", nil, nil),
      ("[    0.000000] [c0] ", 0, "C0", nil, nil),
      ("[   63.131821s][pid:2476,cpu5,name]", 63.131821, "pid:2476,cpu5,name", nil, nil),
      ("[    0.000000][    T0] ", 0, "T0", nil, nil),
      ("[    0.000000][T0@C0] ", 0, "T0@C0", nil, nil),
      ("[Fri Oct 16 12:43:58 2020] ", nil, nil, "Fri Oct 16 12:43:58 2020", nil),
      ("Apr  6 18:17:25 host kernel: [    0.000000] ", 0, nil, "Apr 6 18:17:25", "kernel"),
      ("Apr  6 18:17:25 host kernel: ", nil, nil, "Apr 6 18:17:25", "kernel"),
      ("14:26:43.787 [info] [    1.500000] ", 1.5, nil, "14:26:43.787", nil),
      ("[2020-10-16 12:43:58.123] [    0.000000] ", 0, nil, "2020-10-16T12:43:58.123", nil),
      ("kern  :warn  : [    0.000000] ", 0, nil, nil, nil),
    ] as [(String, Double?, String?, String?, String?)])
  func aPrefixIsTakenApart(
    prefix: String, seconds: Double?, caller: String?, wallTime: String?, logger: String?
  ) {
    for end in ["", " ", "\r", "=0D", " \r=20"] {
      let line = PrintkLine("\(prefix)Linux version 6.1\(end)"[...], of: .foreign)
      #expect(line.text == "Linux version 6.1")
      #expect(line.prefix.seconds == seconds)
      #expect(line.prefix.caller == caller)
      #expect(line.prefix.wallTime == wallTime)
      #expect(line.prefix.logger == logger)
    }
  }

  @Test(
    arguments: [
      "no prefix", "[mem 0x0-0xffff] no time", "<x>", "<5", "12:5 is no time", "Apr is a month",
      "[1.2.3] no", "kern: no", "6,1,2 no", "", "[", "(CPU:", "\u{301}[ 0.0]",
    ])
  func whatHasNoPrefixIsAllText(line: String) {
    for log in [PrintkPrefix.Log.guest, .foreign] {
      #expect(PrintkLine(line[...], of: log).text == line)
      #expect(PrintkLine(line[...], of: log).prefix.isEmpty)
    }
  }

  /// What a guest's kernel does not print is the message's text, whoever wrote it.
  @Test(arguments: [
    "[    0.000000] [    1.000000] text", "[    0.000000] [c0] text", "[    0.000000] <3>text",
    "[    0.000000] Apr  6 18:17:25 host kernel: text",
  ])
  func aGuestHasItsKernelsFormsAlone(line: String) {
    let expected = line.dropFirst("[    0.000000] ".count)
    #expect(PrintkLine(line[...]).text == expected)
    #expect(PrintkLine("<4>\(line)"[...]).text == expected)
    #expect(PrintkLine("<4>\(line)"[...]).prefix.level == 4)
  }
}
