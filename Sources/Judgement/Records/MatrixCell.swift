// SPDX-License-Identifier: Apache-2.0

import HostFiles

/// One run of a matrix: what it is asked to do, and what it is expected to come to.
package struct MatrixCell: Hashable, Sendable, Codable {
  /// Unique in its matrix, the same in every shard, and fit for a file's name.
  package let id: String
  /// The options of `cmalab boot` that select the run, without their dashes, each with its values:
  /// `["cma": ["64M"], "test": ["allocate", "region"]]`.
  package let coordinates: [String: [String]]
  package let expect: Expectation

  package init(coordinates: [String: [String]], expect: Expectation) {
    self.coordinates = coordinates
    self.expect = expect
    id = Self.id(of: coordinates)
  }

  /// The arguments that make `cmalab boot` run it.
  package var arguments: [String] {
    Self.inOrder(coordinates).flatMap { name, values in
      values.flatMap { ["--\(name)", $0] }
    }
  }

  /// A number that spreads cells over shards evenly and says the same on every machine.
  package var hash: UInt64 {
    ContentKey(["cell": id]).hexadecimal.prefix(16).reduce(0) { number, digit in
      number << 4 | UInt64(digit.hexDigitValue ?? 0)
    }
  }

  private static func inOrder(
    _ coordinates: [String: [String]]
  ) -> [(name: String, values: [String])] {
    Axis.allCases.compactMap { axis in
      coordinates[axis.rawValue].map { (axis.rawValue, $0) }
    }
  }

  /// Longer names end in a part of their hash.
  private static let longestName = 120

  /// `arm64-4g_wide_3000M_6.1`: the values in the axes' order. Where that is not the whole truth, as
  /// a character is not fit for a file's name, a part of the hash makes it unique.
  private static func id(of coordinates: [String: [String]]) -> String {
    let ordered = inOrder(coordinates)
    let plain = ordered.map { axis, values in
      let value = values.joined(separator: "+")
      return Axis(rawValue: axis)?.isSelfExplaining == true ? value : "\(axis)-\(value)"
    }.joined(separator: "_")
    let safe = String(plain.map { isFit($0) ? $0 : "-" }.prefix(longestName))
    guard safe != plain || safe.hasPrefix(".") else { return safe }
    let whole = ordered.flatMap { [$0.name] + $0.values }.map { ($0, [UInt8]()) }
    return "\(safe)_\(ContentKey(whole).hexadecimal.prefix(12))"
  }

  /// Whether ``id`` is the name of a file, and of nothing else.
  var hasFitID: Bool {
    !id.isEmpty && !id.hasPrefix(".") && id.utf8.count <= 160 && id.allSatisfy(Self.isFit)
  }

  private static func isFit(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "._+@-".contains(character))
  }
}

/// What may differ from cell to cell: the options of `cmalab boot` that select a run, in the order
/// in which cells are named and sorted.
package enum Axis: String, CaseIterable, Sendable {
  case board
  case layout
  case kernel
  case pageSize = "page-size"
  case via
  case cma
  case deviceTreeCMA = "dts-cma"
  case kconfigCMA = "kconfig-cma"
  case region
  case memoryReservation = "memreserve"
  case cpus
  case append
  case test

  /// Whether a value by itself says what it is of.
  var isSelfExplaining: Bool {
    switch self {
    case .board, .layout, .kernel, .pageSize, .via, .cma, .test: true
    case .deviceTreeCMA, .kconfigCMA, .region, .memoryReservation, .cpus, .append: false
    }
  }

  /// Whether one cell may have several values of it.
  package var isList: Bool { [.region, .memoryReservation, .test].contains(self) }
}
