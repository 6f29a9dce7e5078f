// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Testing

/// Answers of lib/cmdline.c's next_arg, compiled from Linux 6.1 and called in a loop on each line.
@Suite("Kernel parameters")
struct KernelParametersTests {
  private func pairs(_ line: String) -> [String] {
    KernelParameters(line).all.map { parameter in
      let name = String(decoding: parameter.name, as: UTF8.self)
      let value = parameter.value.map { String(decoding: $0, as: UTF8.self) }
      return "<\(name)>" + (value.map { "=<\($0)>" } ?? "")
    }
  }

  @Test(
    arguments: [
      ("cma=64M quiet", ["<cma>=<64M>", "<quiet>"]),
      (#""cma=128M""#, ["<cma>=<128M>"]),
      (#"cma="128M""#, ["<cma>=<128M>"]),
      (#"foo="a cma=128M""#, ["<foo>=<a cma=128M>"]),
      (#""foo=a cma=128M" bar"#, ["<foo>=<a cma=128M>", "<bar>"]),
      (#"fo"o bar=x" y"#, [#"<fo"o bar>=<x">"#, "<y>"]),
      ("\tcma=1M\u{b}\u{c}cma=2M\r\n", ["<cma>=<1M>", "<cma>=<2M>"]),
      ("=x a==b", ["<=x>", "<a>=<=b>"]),
      ("a -- cma=1M", ["<a>"]),
      ("a --=b cma=1M", ["<a>", "<-->=<b>", "<cma>=<1M>"]),
      (#"a="b"#, ["<a>=<b>"]),
      (#"a="" c"#, ["<a>=<>", "<c>"]),
      (#"" cma=1M" d"#, ["< cma>=<1M>", "<d>"]),
      (#""a="b"" c"#, [#"<a>=<b">"#, "<c>"]),
      ("", []), ("  ", []),
    ])
  func splitting(line: String, expected: [String]) {
    #expect(pairs(line) == expected)
  }

  @Test("a parameter is dropped with its quotes, and the rest stays as it was")
  func removing() {
    let line = #"a "cma=1M"  b="c cma=2M" cma=3M -- cma=4M"#
    #expect(KernelParameters(line).removing("cma") == #"a b="c cma=2M" -- cma=4M"#)
    #expect(KernelParameters("cma=1M").removing("cma") == "")
    #expect(KernelParameters("a b").removing("cma") == "a b")
  }

  @Test("hyphens and underscores are equal in names")
  func hyphens() {
    #expect(KernelParameters("cma-pernuma=1M").values(of: "cma_pernuma").count == 1)
  }
}
