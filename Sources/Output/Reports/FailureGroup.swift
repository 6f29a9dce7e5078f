// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records

/// Runs of one board and layout that are not as they should be, and that say the same of why.
struct FailureGroup {
  struct Member {
    /// Of the run in its collection.
    let index: Int
    let cell: RunCollection.Cell
  }

  /// In the order of the collection, one at least.
  private(set) var members: [Member]

  private var first: RunCollection.Cell { members[0].cell }

  var outcome: Outcome { first.outcome }
  /// Of the first of them: the others differ from it in numbers alone. A failure that somebody gave a
  /// reason for, and that is gone, is good news that has to be told.
  var reason: String {
    guard let because = first.because, outcome == .pass else { return first.record.reason }
    return "it passes now, and was expected not to (\(because)): drop the expectation"
  }

  /// `rpi4 4g, cma=1000M to 2000M, on 5.10 and 6.1: 12 runs`; of a single run, its name.
  var name: String {
    guard members.count > 1 else { return first.id }
    let request = first.record.request
    return "\(request.board) \(request.layout), cma=\(sizes), on "
      + "\(kernels.joined(separator: ", ")): \(members.count) runs"
  }

  private var sizes: String {
    let sizes = members.map(\.cell.record.request.cmaBytes)
    guard let least = sizes.min(), let most = sizes.max(), least != most else {
      return first.record.request.cmaBytes.kernelArgument
    }
    return "\(least.kernelArgument) to \(most.kernelArgument)"
  }

  private var kernels: [String] {
    var kernels: [String] = []
    for kernel in members.map(\.cell.record.request.kernel) where !kernels.contains(kernel) {
      kernels.append(kernel)
    }
    return kernels
  }
}

extension RunCollection {
  /// What is not as it should be, by board, layout and cause, in the order of the collection.
  var failureGroups: [FailureGroup] {
    var order: [String] = []
    var members: [String: [FailureGroup.Member]] = [:]
    for (index, cell) in cells.enumerated() where !cell.isAsExpected {
      let request = cell.record.request
      let key =
        "\(request.board)\n\(request.layout)\n\(cell.outcome)\n\(cell.record.reason.shape)"
        + (cell.because.map { "\n\($0)" } ?? "")
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(FailureGroup.Member(index: index, cell: cell))
    }
    return order.map { FailureGroup(members: members[$0] ?? []) }
  }
}

extension String {
  /// The same for sentences that differ in sizes, addresses and what one line's kernels add.
  fileprivate var shape: String {
    replacing(" on node -1", with: "")
      // Which end of the hole is told depends on the room that longer words leave.
      .replacing(#/(largest hole [0-9]+ MiB), from [^;]* to (the )?/#) {
        "\($0.1) below \($0.2 ?? "")"
      }
      .replacing(#/0x[0-9a-f]+|[0-9]+/#, with: "#")
  }
}
