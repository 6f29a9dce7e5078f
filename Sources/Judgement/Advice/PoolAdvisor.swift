// SPDX-License-Identifier: Apache-2.0

import Boards
package import GuestRequests
import MemoryRequests
import Predictions
import Quantities
package import Records

/// Asks the search for remedies, and holds each against the guest that it would make.
package struct PoolAdvisor: Sendable {
  private let model: any GuestModel

  package init(model: any GuestModel) {
    self.model = model
  }

  /// What is suggested for a guest, and the guest that shows it; nil where nothing helps.
  ///
  /// - Throws: `GuestRequestError` where no pool is asked for, `AdviceError` where it cannot be
  ///   predicted.
  package func suggestion(
    for request: GuestRequest
  ) async throws -> (Suggestion, proposal: GuestRequest?) {
    let outlook = try await model.outlook(of: request)
    let asked = request.pools.asked ?? PoolRequest(bytes: outlook.askedBytes)
    guard asked.bytes > .zero else {
      throw GuestRequestError(
        .cma, "there is no pool to make room for: give its size with --cma")
    }
    let board = outlook.board
    let search = RemedySearch(
      kernel: outlook.facts, memory: outlook.memory, asked: asked, windows: board.physicalRAM,
      devices: [board.devices.gic, board.devices.uart], end: GuestAddressSpace.end)
    let standing = search.standing
    if case .unknown(let why) = standing { throw AdviceError.unknown(why) }
    let largest = search.largest.safe
    var largestOfTried = largest
    func made(
      _ outcome: Suggestion.Outcome, _ tried: [Suggestion.Tried], _ remedy: Remedy? = nil,
      boot: GuestRequest? = nil
    ) -> Suggestion {
      Suggestion(
        board: board.name, layout: outlook.layout.name, kernel: outlook.kernel, cma: asked,
        outcome: outcome, standing: standing.words, pool: standing.range,
        largestBytes: largest, largestOfTriedBytes: largestOfTried, tried: tried, remedy: remedy,
        boot: boot.flatMap { $0.isBootable ? $0.commandLine : nil },
        assumptions: outlook.facts.assumptions)
    }
    if standing.safeRange != nil {
      return (made(.fits, [], boot: request), request)
    }
    var tried: [Suggestion.Tried] = []
    for kind in Remedy.Kind.allCases {
      let attempt = search.attempt(kind)
      for candidate in attempt.candidates {
        guard let changed = try await confirmed(candidate, asked: asked, in: request) else {
          continue
        }
        let remedy = Remedy(
          candidate, asked: asked, alignment: ByteCount(outlook.facts.poolAlignment),
          dmaLimit: board.devices.dmaLimit)
        return (made(.remedy, tried, remedy, boot: changed), changed)
      }
      largestOfTried = max(largestOfTried, attempt.largest ?? .zero)
      tried.append(
        .init(
          kind: kind,
          finding: attempt.candidates.isEmpty
            ? attempt.finding
            : "it would help, but no guest can be made so beside what else is asked for"))
    }
    return (made(.none, tried), nil)
  }

  /// The guest with the change, where the model says the same of it once its tree is made; nil where
  /// it does not, or there can be no such guest.
  private func confirmed(
    _ candidate: RemedySearch.Candidate, asked: PoolRequest, in request: GuestRequest
  ) async throws -> GuestRequest? {
    // A node beside one that --region asks for would be a second default.
    let hasOwnDefault = request.regions.contains(where: \.region.isLinuxCMADefault)
    if case .node = candidate.change, hasOwnDefault { return nil }
    let changed = request.applying(GuestRequest.Change(candidate.change))
    guard let outlook = try? await model.outlook(of: changed) else { return nil }
    let standing = PoolStanding(
      of: Prediction(of: outlook.facts, with: outlook.memory),
      asked: candidate.change.request?.bytes ?? asked.bytes, kernel: outlook.facts,
      memory: outlook.memory)
    return standing.safeRange == nil ? nil : changed
  }
}

/// Why there is nothing to suggest.
package enum AdviceError: Error, Hashable, CustomStringConvertible {
  case unknown(String)

  package var description: String {
    switch self {
    case .unknown(let why): "what becomes of the pool cannot be predicted (\(why)): boot it"
    }
  }
}

extension PoolStanding {
  /// As things are, in phrases.
  var words: [String] {
    switch self {
    case .safe: []
    case .unsafe(_, let faults): faults
    case .refused(let why), .unknown(let why): [why]
    }
  }

  var range: PhysicalRange? {
    switch self {
    case .safe(let range), .unsafe(let range, _): range
    case .refused, .unknown: nil
    }
  }
}
