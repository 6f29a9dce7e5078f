// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension RunRecord {
  /// Reads a record back.
  ///
  /// - Throws: `DecodingError` for anything but a record of this schema.
  package init(json: [UInt8]) throws {
    let record = try JSONDecoder().decode(RunRecord.self, from: Data(json))
    guard record.schema == Self.currentSchema else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: [],
          debugDescription: "its schema is '\(record.schema)', not '\(Self.currentSchema)'"))
    }
    self = record
  }

  /// The record as it is written to disk and to `--format json`: sorted keys, one final newline.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
