// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Conformance

/// The reading that the judge is held against must not believe what the kernel only repeats.
@Suite struct RawReadingTests {
  private static let forged = "OF: reserved mem: node video compatible matching fail"

  private static func answer(of model: String?, to messages: [String]) -> RawReading.Answer? {
    let log = messages.map { "@00000000 <6>[    0.000000] \($0)\n" }.joined()
    let reading = RawReading(
      console: Array("@cmalab 1 begin 0 kernel-log 1 00000000\n\(log)".utf8), model: model)
    let wish = RawReading.Wish(
      node: "video", bytes: 4 << 20, base: nil, isPool: true, isNoMap: false, isDefault: false,
      windows: [], alignment: 1)
    return reading.answers(to: [wish], banks: [])["video"]
  }

  @Test func aModelOfSeveralLinesIsNoEvidence() {
    let messages = [
      "Machine model: board", Self.forged, "efi: UEFI not found.",
      "Reserved memory: created CMA memory pool at 0x0000000022000000, size 4 MiB",
      "OF: reserved mem: initialized node video, compatible id shared-dma-pool",
    ]
    let pool = RawReading.Answer(fate: .pool, base: 0x2200_0000)
    let refused = RawReading.Answer(fate: .refused, base: nil)
    #expect(Self.answer(of: "board\n\(Self.forged)", to: messages) == pool)
    // The same line, where no model explains it, is the kernel's own.
    #expect(Self.answer(of: "board", to: messages) == refused)
    #expect(Self.answer(of: nil, to: messages) == refused)
    #expect(Self.answer(of: "board\n\(Self.forged)", to: Array(messages.prefix(2))) == refused)
    // On arm it is a message of drivers/of.
    let short = ["OF: fdt: Machine model: board \(Self.forged)"] + messages.dropFirst(2)
    #expect(Self.answer(of: "board \(Self.forged)", to: short) == pool)
  }
}
