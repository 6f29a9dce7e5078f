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
    let prediction = Prediction(of: outlook.facts, with: outlook.memory)
    if let why = prediction.unknown { throw AdviceError.unknown(why) }
    let regions = await RegionAdvisor(model: model, outlook: outlook, prediction: prediction)
      .advice(for: request)
    let asked = request.pools.asked ?? outlook.defaultPool
    guard asked.bytes > .zero || outlook.hasPoolNodes else {
      throw GuestRequestError(
        .cma, "there is no pool to make room for: give its size with --cma")
    }
    let search = RemedySearch(
      kernel: outlook.facts, memory: outlook.memory.without(prediction.exposures.map(\.pool)),
      asked: asked, windows: outlook.layout.physicalRAM,
      devices: [outlook.board.devices.gic, outlook.board.devices.uart],
      end: GuestAddressSpace.end, kernelRoom: request.kernel.room)
    let found = try await remedy(search, outlook, in: request)
    func made(
      _ outcome: Suggestion.Outcome, _ standing: PoolStanding?, boot: GuestRequest?
    ) -> Suggestion {
      Suggestion(
        board: outlook.board.name, layout: outlook.layout.name, kernel: outlook.kernel, cma: asked,
        outcome: outcome,
        standing: standing.map { $0.words + $0.reach(on: outlook.board) } ?? [],
        pool: standing?.range, largestBytes: found.largest,
        largestOfTriedBytes: found.largestOfTried, tried: found.tried, remedy: found.remedy,
        boot: boot.flatMap { $0.isBootable ? $0.commandLine : nil },
        assumptions: outlook.facts.assumptions, regions: regions.isEmpty ? nil : regions)
    }
    // Nothing is to become of it, and nothing does.
    guard asked.bytes > .zero else { return (made(.fits, nil, boot: request), request) }
    let standing = search.standing
    if let changed = found.changed { return (made(.remedy, standing, boot: changed), changed) }
    guard standing.safeRange != nil else { return (made(.none, standing, boot: nil), nil) }
    return (made(.fits, standing, boot: request), request)
  }

  /// What a search came to.
  private struct Found {
    var largest: ByteCount
    var largestOfTried: ByteCount
    var tried: [Suggestion.Tried] = []
    var remedy: Remedy?
    /// The guest with the remedy.
    var changed: GuestRequest?
  }

  /// The first change that helps, those first by which the board's devices reach the pool: of a pool that
  /// is as it should be but for that, these alone.
  private func remedy(
    _ search: RemedySearch, _ outlook: GuestOutlook, in request: GuestRequest
  ) async throws -> Found {
    let largest = search.largestAsAsked
    var found = Found(largest: largest, largestOfTried: largest)
    let limit = outlook.board.devices.dmaLimit
    let safe = search.standing.safeRange
    guard search.asked.bytes > .zero, safe == nil || limit.map({ safe?.last ?? $0 >= $0 }) == true
    else { return found }
    var others: [(candidate: RemedySearch.Candidate, tried: Int)] = []
    for kind in Remedy.Kind.allCases {
      if safe != nil, kind.splitsRAM { break }
      let attempt = search.attempt(kind)
      var (isConfirmed, isInReach) = (false, false)
      for candidate in attempt.candidates {
        if let limit, candidate.pool.last >= limit {
          others.append((candidate, found.tried.count))
          continue
        }
        isInReach = true
        guard !kind.splitsRAM || others.isEmpty,
          try await take(candidate, of: search, outlook, in: request, as: &found)
        else { continue }
        isConfirmed = true
        break
      }
      if isConfirmed { return found }
      if attempt.candidates.isEmpty {
        found.largestOfTried = max(found.largestOfTried, attempt.largest ?? .zero)
      }
      found.tried.append(
        .init(
          kind: kind,
          finding: attempt.candidates.isEmpty
            ? attempt.finding
            : isInReach
              ? outlook.own(attempt.candidates)
                ?? "it would help, but no guest can be made so beside what else is asked for"
              : "it would help, but for the devices that do not reach so far"))
    }
    guard safe == nil else {
      found.tried = []
      return found
    }
    for other in others
    where try await take(other.candidate, of: search, outlook, in: request, as: &found) {
      found.tried.removeSubrange(other.tried...)
      break
    }
    return found
  }

  /// Whether a candidate stands once its guest is made; then it is what was found.
  private func take(
    _ candidate: RemedySearch.Candidate, of search: RemedySearch, _ outlook: GuestOutlook,
    in request: GuestRequest, as found: inout Found
  ) async throws -> Bool {
    guard let changed = try await confirmed(candidate, asked: search.asked, in: request) else {
      return false
    }
    found.changed = changed
    found.remedy = Remedy(
      candidate, asked: search.asked, alignment: ByteCount(outlook.facts.poolAlignment),
      dmaLimit: outlook.board.devices.dmaLimit, limits: search.limits(of: candidate),
      bootLoader: search.uBootCommands(for: candidate))
    return true
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

extension GuestOutlook {
  /// The default pool that is asked for where no option asks: of the device tree's own, its size.
  fileprivate var defaultPool: PoolRequest {
    guard askedBytes == .zero else { return PoolRequest(bytes: askedBytes) }
    let node = memory.reservedMemory?.nodes.last(where: \.isDefault)
    switch node?.placement {
    case .fixed(let entries): return PoolRequest(bytes: ByteCount(entries.first?.size ?? 0))
    case .dynamic(let size, _, _): return PoolRequest(bytes: ByteCount(size))
    default: return PoolRequest(bytes: .zero)
    }
  }

  /// What the tree's own default node would have to ask for instead, where that helps: a guest has no
  /// second one beside it. Nil without such a node.
  fileprivate func own(_ candidates: [RemedySearch.Candidate]) -> String? {
    guard let node = memory.reservedMemory?.nodes.last(where: \.isDefault),
      let candidate = candidates.first, case .node(let request) = candidate.change,
      let window = request.window
    else { return nil }
    return
      "the tree has '\(node.name)', which gets it without cma=, if it has size \(request.bytes) "
      + "and alloc-ranges \(window)"
  }

  fileprivate var hasPoolNodes: Bool {
    (memory.reservedMemory?.nodes ?? []).contains(where: \.isSharedPool)
  }
}

extension EarlyMemory {
  /// The same without some nodes of /reserved-memory.
  fileprivate func without(_ nodes: [String]) -> EarlyMemory {
    var memory = self
    memory.reservedMemory?.nodes.removeAll { nodes.contains($0.name) }
    return memory
  }
}

extension GuestRequest.Kernel {
  /// Bytes that addresses for a boot loader leave to the kernel: of one whose size is known, that size,
  /// and of one of cmalab's, which is small, as much as usual ones take.
  fileprivate var room: UInt64 {
    if case .image = source { return 0 }
    return imageSize == nil ? 64 << 20 : 0
  }
}

extension Remedy.Kind {
  fileprivate var splitsRAM: Bool { self == .split || self == .inventedSplit }
}

extension PoolStanding {
  /// Which devices cannot use a pool that is as it should be otherwise.
  fileprivate func reach(on board: Board) -> [String] {
    safeRange.map { $0.unreached(beyond: board.devices.dmaLimit) } ?? []
  }

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
