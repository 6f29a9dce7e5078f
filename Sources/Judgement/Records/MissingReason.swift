// SPDX-License-Identifier: Apache-2.0

/// Why nobody has a result of a cell.
package struct MissingReason: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case nodeLost = "node lost"
    case notLaunched = "not launched"
    case timeLimit = "time limit"
    case cancelled
    case outOfMemory = "out of memory"
    case killed
    case failed
    case buildFailed = "build failed"
    case running = "still running"
    case neverStarted = "never started"
  }

  package let kind: Kind
  /// What is known besides: the host, the error.
  package let detail: String

  package init(_ kind: Kind, _ detail: String = "") {
    self.kind = kind
    self.detail = detail
  }
}

extension MissingReason: CustomStringConvertible {
  package var description: String {
    detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)"
  }
}
