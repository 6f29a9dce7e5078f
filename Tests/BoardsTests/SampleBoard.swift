// SPDX-License-Identifier: Apache-2.0

import Boards
import Quantities
import SystemPackage
import Testing
import YAMLFiles

/// A sound board file, to be broken one line at a time.
enum SampleBoard {
  static let lines = """
    name: sample
    summary: a board for tests
    architecture: arm64
    cpu: { model: cortex-a57, count: 1 }
    devices:
      gic: 0xf9000000
      uart: 0xff000000
    physical-ram:
      - { base: 0x0, size: 2G, source: the manual }
    layouts:
      stock:
        summary: as it is
        banks:
          - { base: 0x0, size: 0x7ff00000 }
          - { base: 0x800000000, size: 0x80000000 }
      wide:
        summary: as we wish
        banks:
          - { base: 0x0, size: 0xf0000000 }
          - { base: 0x800000000, size: 0x10000000 }
    defaults: { layout: wide, cma: 3000M }
    sources:
      - nowhere
    """.split(separator: "\n").map(String.init)

  static var text: String { lines.joined(separator: "\n") }

  /// The file with `replacement` in place of the lines `range`, counted from 1.
  static func text(with replacement: String, for range: ClosedRange<Int>) -> String {
    var lines = lines
    lines.replaceSubrange((range.lowerBound - 1)..<range.upperBound, with: [replacement])
    return lines.joined(separator: "\n")
  }

  static func board(_ text: String = text) throws -> Board {
    try Board(YAMLText(file: "sample.yaml", yaml: text), name: "sample")
  }

  /// What is said of a file that is refused.
  static func refusal(of text: String) -> YAMLFileError? {
    #expect(throws: YAMLFileError.self) { try board(text) }
  }
}

func range(_ start: UInt64, _ size: UInt64) throws -> PhysicalRange {
  try #require(PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)))
}
