// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
import HostFiles

/// One run of a matrix: the guest that it asks for, and what it is expected to come to.
package struct MatrixCell: Hashable, Sendable {
  /// Unique in its matrix, the same in every shard, and fit for a file's name.
  package let id: String
  package let request: GuestRequest
  package let expect: Expectation
  /// Why it is expected not to pass, in its author's words; nil where nobody said.
  package let because: String?

  /// The options that may differ from cell to cell, in the order in which cells are named.
  package static let options: [GuestOption] = [
    .board, .deviceTree, .overlay, .layout, .bank, .ram, .kernel, .kernelImage, .pageSize, .lpae,
    .via, .cma, .deviceTreeCMA, .kconfigCMA, .region, .memoryReservation, .fragment, .kernelAt,
    .deviceTreeAt, .initramfsAt, .cpus, .append, .test,
  ]

  /// - Parameter texts: the values of the options that make the cell, as the file has them: the cell
  ///   is named by them.
  package init(
    of request: GuestRequest, texts: [GuestOption: [String]], expect: Expectation,
    because: String? = nil
  ) {
    self.request = request
    self.expect = expect
    self.because = because
    id = Self.id(
      of: Self.options.compactMap { option in
        texts[option].map { (option, $0) }
      })
  }

  private init(id: String, request: GuestRequest, expect: Expectation, because: String?) {
    self.id = id
    self.request = request
    self.expect = expect
    self.because = because
  }

  /// The same cell with other seconds for each stage.
  func with(timeout: Double) -> MatrixCell {
    var request = request
    request.timeout = timeout
    return MatrixCell(id: id, request: request, expect: expect, because: because)
  }

  /// A number that spreads cells over shards evenly and says the same on every machine.
  package var hash: UInt64 {
    ContentKey(["cell": id]).hexadecimal.prefix(16).reduce(0) { number, digit in
      number << 4 | UInt64(digit.hexDigitValue ?? 0)
    }
  }

  /// Longer names end in a part of their hash.
  private static let longestName = 120

  /// `arm64-4g_wide_3000M_6.1`: the values in the order of the options. Where that is not the whole
  /// truth, as a character is not fit for a file's name, a part of the hash makes it unique.
  private static func id(of texts: [(option: GuestOption, values: [String])]) -> String {
    let plain = texts.map { option, values in
      let value = values.joined(separator: "+")
      return isSelfExplaining(option) ? value : "\(option.rawValue)-\(value)"
    }.joined(separator: "_")
    let safe = String(plain.map { isFit($0) ? $0 : "-" }.prefix(longestName))
    guard safe != plain || safe.hasPrefix(".") else { return safe }
    let whole = texts.flatMap { [$0.option.rawValue] + $0.values }.map { ($0, [UInt8]()) }
    return "\(safe)_\(ContentKey(whole).hexadecimal.prefix(12))"
  }

  /// Whether ``id`` is the name of a file, and of nothing else.
  var hasFitID: Bool {
    !id.isEmpty && !id.hasPrefix(".") && id.utf8.count <= 160 && id.allSatisfy(Self.isFit)
  }

  /// Whether a value by itself says what it is of.
  private static func isSelfExplaining(_ option: GuestOption) -> Bool {
    [.board, .layout, .kernel, .pageSize, .via, .cma, .test].contains(option)
  }

  private static func isFit(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "._+@-".contains(character))
  }
}

extension MatrixCell: Codable {
  private enum CodingKeys: String, CodingKey {
    case id
    /// As its options, each with its values.
    case request = "coordinates"
    case expect, because
  }
}
