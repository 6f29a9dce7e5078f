// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

/// Why something failed, in one line for whoever has to do something about it: what was said, what
/// explains it, and what to type next.
package struct FailureCause: Hashable, Sendable {
  /// Characters of a line: what a report's table, a CI server's list and a terminal show whole.
  package static let longest = 160

  /// The kernel's words, or what ended the run.
  private let what: String
  /// What explains it, from the most telling to the shortest.
  private let reasons: [String]
  /// What to do, or to type; empty where nothing helps.
  private let next: String
  /// The same where the explanation leaves no room for it.
  private let shortNext: String

  package init(
    _ what: String, because reasons: [String] = [], next: String = "", orShorter short: String = ""
  ) {
    self.what = what
    self.reasons = reasons
    self.next = next
    shortNext = short.isEmpty ? next : short
  }

  /// At most ``longest`` characters: the longest explanation that there is room for; where there is
  /// room for none, what was said is cut, and what to do stays.
  package var line: String {
    let nexts = [next, shortNext].map { $0.isEmpty ? "" : "; next: \($0)" }
    for reason in reasons {
      let lines = nexts.map { "\(what): \(reason)\($0)" }
      if let line = lines.first(where: { $0.count <= Self.longest }) { return line }
    }
    let next = nexts[0]
    let line = what + next
    guard line.count > Self.longest else { return line }
    return "\(what.prefix(max(0, Self.longest - next.count - 1)))\u{2026}\(next)"
      .prefix(Self.longest).description
  }
}

extension FailureCause {
  /// Of a pool or a region that the kernel refuses, or of which the guest dies.
  ///
  /// - Parameters:
  ///   - what: the kernel's words.
  ///   - room: what there is room for; nil where no model knows the kernel.
  ///   - shortage: that there is too little RAM, whatever lies in it; nil where there is enough.
  ///   - freeBytes: what the pool leaves, of a guest that dies of it; nil otherwise.
  ///   - request: what `cma=` asks for; nil where it is not on the command line.
  init(
    _ what: String, room: PredictedRecord.Room, shortage: String? = nil, freeBytes: String? = nil,
    request: PoolRequest?
  ) {
    self.init(
      what, because: [shortage].compactMap(\.self) + room.explanations(freeBytes: freeBytes),
      next: room.advice(for: request))
  }
}

extension PredictedRecord.Room {
  /// Whether it tells more than that there is no room.
  var isTelling: Bool { hole != nil || !intruders.isEmpty }

  fileprivate func explanations(freeBytes: String?) -> [String] {
    if !intruders.isEmpty {
      return ["its place is taken by \(intruders.joined(separator: ", "))", "its place is taken"]
    }
    // A size that is safe is in what to type next.
    let safe = node == nil && safeBytes == .zero ? "; max: none is safe" : ""
    if let freeBytes { return ["\(freeBytes) of RAM left beside it\(safe)"] }
    guard hole != nil else { return ["no hole for any size\(safe)"] }
    let hole = "largest hole \(size(fitsBytes))"
    let bounds = [below.map { "from \($0)" }, above.map { "to \($0)" }].compactMap(\.self)
    let isWhole = below == above
    return [
      "\(hole), \(isWhole ? "all of its window" : bounds.joined(separator: " "))\(safe)",
      "\(hole)\(above.map { " below \($0)" } ?? "")\(safe)", hole + safe, hole,
    ]
  }

  private func size(_ bytes: ByteCount) -> String { "\(bytes.wholeMebibytes) MiB" }

  /// A smaller pool where it stands, or what finds a place for one of this size.
  fileprivate func advice(for request: PoolRequest?) -> String {
    if node != nil {
      if !intruders.isEmpty { return "move it, or cmalab lint" }
      return safeBytes == .zero
        ? "wider alloc-ranges, or cmalab lint"
        : "size \(safeBytes.kernelArgument), or wider alloc-ranges"
    }
    guard safeBytes > .zero, intruders.isEmpty else { return "cmalab suggest" }
    var argument = safeBytes.kernelArgument
    if let request, let place = request.kernelArgument.firstIndex(of: "@") {
      argument += request.kernelArgument[place...]
    }
    return "--cma \(argument) (safe, by max) or cmalab suggest"
  }
}
