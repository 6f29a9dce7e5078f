// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// How documents are written: keys sorted, so that equal values are equal bytes.
package enum JSONText {
  /// Indented, one final newline: a document that people look at too.
  ///
  /// - Throws: `EncodingError`.
  package static func document(_ value: some Encodable) throws -> String {
    String(decoding: try encoder(.prettyPrinted).encode(value), as: UTF8.self) + "\n"
  }

  /// One line with its newline.
  ///
  /// - Throws: `EncodingError`.
  static func line(_ value: some Encodable) throws -> [UInt8] {
    Array(try encoder([]).encode(value)) + [UInt8(ascii: "\n")]
  }

  /// - Throws: `RecordDamage`, which says where the value is another one than expected.
  package static func read<Value: Decodable>(
    _ type: Value.Type, from bytes: some DataProtocol
  ) throws(RecordDamage) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw RecordDamage(error)
    }
  }

  private static func encoder(_ extra: JSONEncoder.OutputFormatting) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, extra]
    return encoder
  }
}
