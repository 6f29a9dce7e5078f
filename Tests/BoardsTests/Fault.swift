// SPDX-License-Identifier: Apache-2.0

import Testing

/// A fault in a board file, and what has to be said of it.
struct Fault: Sendable, CustomTestStringConvertible {
  /// The lines of ``SampleBoard`` that `text` replaces.
  let lines: ClosedRange<Int>
  let text: String
  let line: Int
  let keyPath: String
  /// The message up to its remedy.
  let reason: String

  init(
    _ lines: ClosedRange<Int>, by text: String, _ line: Int, _ keyPath: String, _ reason: String
  ) {
    self.lines = lines
    self.text = text
    self.line = line
    self.keyPath = keyPath
    self.reason = reason
  }

  var testDescription: String { "\(keyPath.isEmpty ? "file" : keyPath): \(reason)" }
}

// MARK: - Keys, types and words

extension Fault {
  static let ofShape: [Fault] = [
    Fault(
      2...2, by: "sumary: x",
      2, "sumary", "there is no such key"),
    Fault(
      12...12, by: "    \"\\e[2J\": x",
      12, "layouts.stock.'\\u{1b}[2J'", "there is no such key"),
    Fault(
      14...14, by: "      - { base: 0x0, length: 2G }",
      14, "layouts.stock.banks[0].length", "there is no such key"),
    Fault(
      2...2, by: "# gone",
      1, "summary", "the key is missing"),
    Fault(
      2...3, by: "",
      1, "summary", "keys are missing"),
    Fault(
      4...4, by: "cpu: { model: cortex-a57 }",
      4, "cpu.count", "the key is missing"),
    Fault(
      4...4, by: "cpu: cortex-a57",
      4, "cpu", "is the text 'cortex-a57', where a mapping belongs"),
    Fault(
      14...15, by: "      base: 0x0",
      14, "layouts.stock.banks", "is a mapping, where a list belongs"),
    Fault(
      2...2, by: "summary: [a, list]",
      2, "summary", "is a list, where a text belongs"),
    Fault(
      2...2, by: "summary:",
      2, "summary", "is empty"),
    Fault(
      9...9, by: "  -",
      9, "physical-ram[0]", "is empty, where a mapping belongs"),
    Fault(
      2...2, by: "summary: \"red \\e[31m\"",
      2, "summary", "'red \\u{1b}[31m' has a control character"),
    Fault(
      12...12, by: "    summary: one\n    summary: two",
      13, "layouts.stock.summary", "is given twice, first in line 12"),
    Fault(
      4...4, by: "cpu: { model: max, \"count\": 1, count: 2 }",
      4, "cpu.count", "is given twice, first in line 4"),
    Fault(
      9...9, by: "  - { base: 0x0, size: 2G, size: 3G }",
      9, "physical-ram[0].size", "is given twice, first in line 9"),
    Fault(
      17...17, by: "    summary: x\n  wide:\n    summary: y",
      18, "layouts.wide", "is given twice, first in line 16"),
    Fault(
      10...20, by: "layouts: {}",
      10, "layouts", "the board has no layout"),
    Fault(
      18...20, by: "    banks: []",
      18, "layouts.wide.banks", "is an empty list"),
    Fault(
      12...12, by: "    ? [a, b]\n    : c",
      12, "layouts.stock", "has a key that is a list"),
    Fault(
      1...1, by: "name: simple",
      1, "name", "'simple' differs from the file's name"),
    Fault(
      1...1, by: "name: ../sample",
      1, "name", "'../sample' is not a board name"),
    Fault(
      3...3, by: "architecture: riscv64",
      3, "architecture", "'riscv64' is not an architecture"),
    Fault(
      4...4, by: "cpu: { model: max, count: 0 }",
      4, "cpu.count", "'0' is not a number from 1 to 8 (a GICv2 serves 8)"),
    Fault(
      4...4, by: "cpu: { model: max, count: 9 }",
      4, "cpu.count", "'9' is not a number from 1 to 8 (a GICv2 serves 8)"),
    Fault(
      4...4, by: "cpu: { model: max, count: two }",
      4, "cpu.count", "'two' is not a number from 1 to 8 (a GICv2 serves 8)"),
    Fault(
      4...4, by: "cpu: { model: 'max -S', count: 2 }",
      4, "cpu.model", "'max -S' is not a CPU model"),
    Fault(
      4...4, by: "cpu: { model: cortex-a9, count: 2 }",
      4, "cpu.model",
      "'cortex-a9' is not a CPU that guests run on, of which a 32-bit board has a 64-bit one, too"),
    Fault(
      4...4, by: "cpu: { model: 'host,pmu=off', count: 2 }",
      4, "cpu.model",
      "'host' is not a CPU that guests run on, of which a 32-bit board has a 64-bit one, too"),
    Fault(
      21...21, by: "defaults: { layout: wider, cma: 3000M }",
      21, "defaults.layout", "there is no layout 'wider'"),
    Fault(
      16...16, by: "  Wide:",
      16, "layouts.'Wide'", "'Wide' is not a layout name"),
    Fault(
      22...23, by: "sources: none",
      22, "sources", "is the text 'none', where a list belongs"),
  ]
}

// MARK: - Addresses and sizes

extension Fault {
  static let ofFigures: [Fault] = [
    Fault(
      14...14, by: "      - { base: 0x0, size: 3000X }",
      14, "layouts.stock.banks[0].size", "'3000X' ends in 'X', which is not a unit"),
    Fault(
      14...14, by: "      - { base: -1, size: 2G }",
      14, "layouts.stock.banks[0].base", "'-1' is negative"),
    Fault(
      14...14, by: "      - { base: 0x, size: 2G }",
      14, "layouts.stock.banks[0].base", "'0x' is not a valid address"),
    Fault(
      14...14, by: "      - { base: 0x0, size: 99999999999G }",
      14, "layouts.stock.banks[0].size", "'99999999999G' does not fit in 64 bits"),
    Fault(
      14...14, by: "      - { base: 0x0, size: 0 }",
      14, "layouts.stock.banks[0].size", "the size is zero"),
    Fault(
      9...9, by: "  - { base: 0x0, size: 0x0 }",
      9, "physical-ram[0].size", "the size is zero"),
    Fault(
      21...21, by: "defaults: { layout: wide, cma: 0M }",
      21, "defaults.cma", "the size is zero"),
    Fault(
      14...14, by: "      - { base: 0xfffffffffffff000, size: 8K }",
      14, "layouts.stock.banks[0].size", "0xfffffffffffff000 plus 8 KiB wraps past 2^64"),
    Fault(
      14...14, by: "      - { base: 0x800, size: 2G }",
      14, "layouts.stock.banks[0].base", "0x800 is not a multiple of 4 KiB"),
    Fault(
      14...14, by: "      - { base: 0x0, size: 2049 }",
      14, "layouts.stock.banks[0].size", "0x801 is not a multiple of 4 KiB"),
    Fault(
      15...15, by: "      - { base: 0x7fffc00000, size: 8M }",
      15, "layouts.stock.banks[1]",
      "0x7fffc00000-0x80003fffff reaches past the guest's 39-bit address space"),
    Fault(
      15...15, by: "      - { base: 0x7f000000, size: 1G }",
      15, "layouts.stock.banks[1]",
      "0x7f000000-0xbeffffff overlaps layouts.stock.banks[0], 0x0-0x7fefffff (line 14)"),
    Fault(
      9...9, by: "  - { base: 0x0, size: 2G }\n  - { base: 1G, size: 4K }",
      10, "physical-ram[1]",
      "0x40000000-0x40000fff overlaps physical-ram[0], 0x0-0x7fffffff (line 9)"),
    Fault(
      14...14, by: "      - { base: 0x0, size: 0xf9001000 }",
      14, "layouts.stock.banks[0]",
      "0x0-0xf9000fff covers the window of devices.gic, 0xf9000000-0xf91fffff"),
    Fault(
      20...20, by: "      - { base: 0xff1ff000, size: 4K }",
      20, "layouts.wide.banks[1]",
      "0xff1ff000-0xff1fffff covers the window of devices.uart, 0xff000000-0xff1fffff"),
    Fault(
      6...6, by: "  gic: 0xff000000",
      7, "devices.uart",
      "0xff000000-0xff1fffff overlaps devices.gic, 0xff000000-0xff1fffff (line 6)"),
    Fault(
      6...6, by: "  gic: 0xf9010000",
      6, "devices.gic", "0xf9010000 is not a multiple of 2 MiB"),
    Fault(
      7...7, by: "  uart: 512G",
      7, "devices.uart", "0x8000000000-0x80001fffff reaches past the guest's 39-bit address space"),
  ]
}

// MARK: - YAML itself

extension Fault {
  static let ofSyntax: [Fault] = [
    Fault(
      16...16, by: "\twide:",
      16, "",
      "no valid YAML at column 1, while scanning for the next token, found character that cannot start any token"
    ),
    Fault(
      4...4, by: "cpu: { model: max",
      5, "",
      "no valid YAML at column 8, while parsing a flow mapping, did not find expected ',' or '}'"),
    Fault(
      2...2, by: "summary: a: b",
      2, "", "no valid YAML at column 11, mapping values are not allowed in this context"),
    Fault(
      2...2, by: "summary: \u{7}bell",
      2, "", "no valid YAML, control characters are not allowed"),
    Fault(
      1...23, by: "",
      1, "", "the file is empty"),
    Fault(
      1...23, by: "# only a comment",
      1, "", "the file is empty"),
    Fault(
      1...23, by: "just text",
      1, "", "is the text 'just text', where a mapping belongs"),
    Fault(
      23...23, by: "  - nowhere\n---\nname: x",
      24, "",
      "no valid YAML at column 1, expected a single document in the stream, but found another document"
    ),
    Fault(
      12...12, by: "    summary: &a text",
      12, "layouts.stock.summary",
      "has the YAML anchor '&a', and such files are read without anchors and aliases"),
    Fault(
      9...9, by: "  - &w { base: 0x0, size: 2G }\n  - *w",
      9, "physical-ram[0]",
      "has the YAML anchor '&w', and such files are read without anchors and aliases"),
    Fault(
      2...2, by: "&k summary: x",
      2, "summary", "has the YAML anchor '&k', and such files are read without anchors and aliases"
    ),
    Fault(
      2...2, by: "summary: *nowhere",
      2, "", "no valid YAML at column 10, found undefined alias"),
  ]
}
