// SPDX-License-Identifier: Apache-2.0

// What cmalab reads of others, each reader with what has to hold whatever it is given. libFuzzer gives
// it what it makes up ('make fuzz', Tests/Fuzz), and the unit tests what is known.

import Foundation
import Reports

/// A reader of bytes from outside, with what has to hold whatever they are.
///
/// That it neither traps, nor hangs, nor fills the memory is for whoever calls it to see.
package struct FuzzTarget: Sendable {
  package let name: String
  /// Honest inputs to begin with.
  package let seeds: @Sendable () async throws -> [[UInt8]]
  /// Words that make a difference to the reader.
  package let dictionary: [String]
  /// Whether the input is text, of which more has to take more time in proportion alone.
  private let isText: Bool
  private let fault: @Sendable ([UInt8]) async -> String?

  /// - Parameter fault: what does not hold of an input, in words; nil where all does.
  init(
    _ name: String, isText: Bool, dictionary: [String] = [],
    seeds: @escaping @Sendable () async throws -> [[UInt8]],
    fault: @escaping @Sendable ([UInt8]) async -> String?
  ) {
    self.name = name
    self.isText = isText
    self.dictionary = dictionary
    self.seeds = seeds
    self.fault = fault
  }

  /// Every target, in the order of what a user gives cmalab.
  package static let all: [FuzzTarget] = [
    .blob, .source, .board, .matrix, .parameters, .console, .payloads, .record, .results, .bootLog,
  ]

  /// Has the reader read the input; one text in 64 over and over as well, up to ``repeatedSize``.
  ///
  /// - Returns: what does not hold, in words; nil where all does.
  package func fault(of input: [UInt8]) async -> String? {
    if let fault = await fault(input) { return fault }
    guard isText, !input.isEmpty, input.reduce(0, &+) % 64 == 0 else { return nil }
    let count = Self.repeatedSize / input.count
    guard count > 1 else { return nil }
    return await fault(Array(repeatElement(input, count: count).joined()))
  }

  /// Shows what was read in one of its formats, by the input's last byte: of many inputs, it is shown
  /// in each.
  static func show<Subject: Reportable>(_ subject: Subject, by input: [UInt8]) {
    let formats = Subject.formats
    let format = formats[Int(input.last ?? 0) % formats.count]
    _ = try? format.document(of: subject, style: .init())
  }

  /// In bytes: what takes time by the square of this is seen by a limit of 2 s.
  static let repeatedSize = 128 << 10

  /// Inputs that something was wrong with once, by their file's name.
  package var formerFindings: [(name: String, bytes: [UInt8])] {
    get throws {
      let folder = Bundle.module.bundleURL.appending(path: "Corpus").appending(path: name)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return try names.sorted().map {
        ($0, Array(try Data(contentsOf: folder.appending(path: $0))))
      }
    }
  }
}
