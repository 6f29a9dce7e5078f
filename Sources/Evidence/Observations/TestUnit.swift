// SPDX-License-Identifier: Apache-2.0

extension TestReport {
  /// What a figure of a test counts (images/programs/tests.h).
  package enum Unit: Hashable, Sendable {
    case bytes
    /// Of guest time, which is emulated time.
    case nanoseconds
    case address
    /// A number that counts nothing: a seed.
    case number
    /// No number at all.
    case text
    /// As the guest named it: `pages`, `count`, `pieces`.
    case things(String)
  }
}

extension TestReport.Unit: RawRepresentable, Codable, CustomStringConvertible {
  package init(rawValue: String) {
    switch rawValue {
    case "bytes": self = .bytes
    case "ns": self = .nanoseconds
    case "address": self = .address
    case "number": self = .number
    case "text": self = .text
    default: self = .things(rawValue)
    }
  }

  package var rawValue: String {
    switch self {
    case .bytes: "bytes"
    case .nanoseconds: "ns"
    case .address: "address"
    case .number: "number"
    case .text: "text"
    case .things(let name): name
    }
  }

  package var description: String { rawValue }
}
