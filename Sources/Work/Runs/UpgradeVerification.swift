// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
package import Kernels
import Predictions
import Quantities
package import Records
import SystemPackage
import Transcripts

/// Holds what an upgrade is predicted to do with each pool against a guest of either kernel.
package struct UpgradeVerification: Sendable {
  /// What two guests say of what becomes of one pool.
  package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// The pool's, or of a guest that does not live, its kernel's.
    package let name: String
    package let outcome: PoolVerification.Outcome
    /// What the guests show.
    package let words: String

    package var description: String {
      let claim =
        switch outcome {
        case .holds: "as predicted"
        case .refuted: "not as predicted"
        case .inconclusive: "not known"
        }
      return "\(name): \(words): \(claim)"
    }
  }

  private let guest: UpgradedGuest
  private let from: UpgradeSide
  private let to: UpgradeSide
  private let lines: [KernelLine]

  /// - Parameter lines: those that cmalab builds.
  package init(
    of guest: UpgradedGuest, from: UpgradeSide, to: UpgradeSide, building lines: [KernelLine]
  ) {
    self.guest = guest
    self.from = from
    self.to = to
    self.lines = lines
  }

  /// The two guests: the request with either kernel.
  ///
  /// - Throws: `UpgradeVerificationError` for a kernel that is not one to build.
  package func requests(
    _ request: GuestRequest
  ) throws(UpgradeVerificationError) -> (before: GuestRequest, after: GuestRequest) {
    (try self.request(request, with: from), try self.request(request, with: to))
  }

  private func request(
    _ request: GuestRequest, with side: UpgradeSide
  ) throws(UpgradeVerificationError) -> GuestRequest {
    if let configuration = side.configuration {
      throw .givenConfiguration(configuration.string)
    }
    var request = request
    switch side.kernel {
    case .tree(let tree): request.kernel.source = .tree(tree)
    case .release(_, let name):
      guard let line = lines.first(where: { $0.name == name || $0.contains(release: name) }) else {
        throw .notBuilt(name, lines: lines.map(\.name))
      }
      request.kernel.source = .line(line.name)
    }
    return request
  }

  /// Boots both guests, one after the other.
  ///
  /// - Throws: as ``requests(_:)``; what `boot` throws.
  package func findings(
    of request: GuestRequest, boot: (GuestRequest) async throws -> RunRecord
  ) async throws -> [Finding] {
    let requests = try requests(request)
    let before = try await boot(requests.before)
    let after = try await boot(requests.after)
    let faults = [
      fault(of: before, from, predicted: guest.before),
      fault(of: after, to, predicted: guest.after),
    ].compactMap(\.self)
    // A guest that does not live shows no pools.
    if before.ending.kind != .completed || after.ending.kind != .completed || !faults.isEmpty {
      return faults
    }
    let names =
      guest.pools.map(\.name)
      + (before.observed.cmaAreas + after.observed.cmaAreas).map(\.name)
    return names.uniqued.map { finding(of: $0, before, after) }
  }

  /// What is to be said of a guest that is of another release than asked for, or does not live as long
  /// as predicted.
  private func fault(
    of record: RunRecord, _ side: UpgradeSide, predicted: PredictedRecord
  ) -> Finding? {
    let release = record.observed.kernelRelease
    if case .release(let rules, let name) = side.kernel, rules.release.patch != nil, let release,
      release != name, !release.hasPrefix("\(name)-")
    {
      return Finding(
        name: "Linux \(name)", outcome: .inconclusive, words: "the line's kernel is \(release)")
    }
    let name = release.map { "Linux \($0)" } ?? "the guest"
    switch (record.ending.kind, predicted.fatality) {
    case (.completed, nil): return nil
    case (.completed, .some):
      return Finding(name: name, outcome: .refuted, words: "it lives")
    case (.panicked, let fatality), (.oopsed, let fatality), (.faulted, let fatality):
      return Finding(
        name: name, outcome: fatality == nil ? .refuted : .holds, words: record.reason)
    default:
      return Finding(name: name, outcome: .inconclusive, words: record.reason)
    }
  }

  private func finding(
    of name: String, _ before: RunRecord, _ after: RunRecord
  ) -> Finding {
    let shown = (before.area(named: name), after.area(named: name))
    let kind = Upgrade.Change.Kind(from: shown.0, to: shown.1)
    let pool = guest.pools.first { $0.name == name }
    func words(_ range: PhysicalRange?) -> String {
      range.map { "\($0.size.wholeMebibytes) MiB at \($0.start)" } ?? "none"
    }
    let places =
      shown.0 == shown.1 ? words(shown.0) : "\(words(shown.0)), then \(words(shown.1))"
    return Finding(
      name: name, outcome: kind == (pool?.change ?? .same) ? .holds : .refuted,
      words: "\(kind.rawValue), \(places)")
  }
}

/// Why no guests can show an upgrade.
package enum UpgradeVerificationError: Error, Hashable, CustomStringConvertible {
  case notBuilt(String, lines: [String])
  case givenConfiguration(String)

  package var description: String {
    switch self {
    case .notBuilt(let release, let lines):
      "--verify boots kernels that cmalab builds, and it builds no Linux \(release): give one of "
        + "\(lines.joined(separator: ", ")), or a source tree"
    case .givenConfiguration(let file):
      "--verify builds a tree as its own .config has it: put '\(file)' there as .config, and omit "
        + "--from-config and --to-config"
    }
  }
}

extension RunRecord {
  /// An area that can be used: one over two zones is given up, and has no pages then.
  fileprivate func area(named name: String) -> PhysicalRange? {
    observed.cmaAreas.first { $0.name == name }.flatMap {
      PhysicalRange(start: $0.base, size: $0.bytes)
    }
  }
}

extension Sequence where Element: Hashable {
  /// Each element once, in the order in which they first come.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
