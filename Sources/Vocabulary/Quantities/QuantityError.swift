// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a size or an address.
package struct QuantityError: Error, Hashable, Sendable {
  package enum Kind: String, Sendable {
    case size
    case address
  }

  package enum Reason: Hashable, Sendable {
    case empty
    case negative
    case noDigits
    case unknownSuffix(String)
    case octal
    case tooLarge
  }

  package let text: String
  package let kind: Kind
  package let reason: Reason
}

extension QuantityError: CustomStringConvertible {
  package var description: String {
    let wanted = "write it as bytes, 0x… or with K, M or G, as in 3000M"
    return switch reason {
    case .empty: "the \(kind.rawValue) is empty: \(wanted)"
    case .negative: "'\(text)' is negative: \(wanted)"
    case .noDigits: "'\(text)' is not a valid \(kind.rawValue): \(wanted)"
    case .unknownSuffix(let suffix): "'\(text)' ends in '\(suffix)', which is not a unit: \(wanted)"
    case .octal:
      "'\(text)' begins with 0, which the kernel reads as octal: write it without, or as 0x…"
    case .tooLarge: "'\(text)' does not fit in 64 bits: \(wanted)"
    }
  }
}
