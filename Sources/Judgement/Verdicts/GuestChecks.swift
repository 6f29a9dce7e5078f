// SPDX-License-Identifier: Apache-2.0

import Observations
import Quantities
import Records

/// Whether the guest runs the kernel that was asked for. If it does not, nothing else that it says
/// proves anything about that kernel.
struct GuestChecks {
  let request: RunRequest
  let observations: Observations

  var all: [Check] { [release, pageSize].compactMap(\.self) }

  /// uname's release is one of the kernel line; nil where the kernel was not asked for by a line.
  private var release: Check? {
    let numbers = request.kernel.split(separator: ".", omittingEmptySubsequences: false)
    guard numbers.count == 2,
      numbers.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "0"..."9" ~= $0 } })
    else { return nil }
    let seen = observations.identity.kernelRelease
    return .premise(
      .guest(.kernel), seen.map { $0.value.hasPrefix("\(request.kernel).") },
      expected: "Linux \(request.kernel)", observed: seen.map { "Linux \($0.value)" } ?? "nothing",
      seen.map { [$0.evidence] } ?? [])
  }

  /// The guest's pages; nil where none were asked for.
  private var pageSize: Check? {
    guard let asked = request.pageSize else { return nil }
    let seen = observations.identity.pageSize
    return .premise(
      .guest(.pageSize), seen.map { $0.value == asked.size },
      expected: "pages of \(asked)", observed: seen.map { "pages of \($0.value)" } ?? "nothing",
      seen.map { [$0.evidence] } ?? [])
  }
}
