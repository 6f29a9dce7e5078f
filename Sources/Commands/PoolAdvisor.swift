// SPDX-License-Identifier: Apache-2.0

import Advice
import ArgumentParser
import Boards
import MemoryRequests
import Predictions
import Quantities
import Records
import Runs

/// Asks the search for remedies, and holds each against the guest that it would make.
struct PoolAdvisor {
  let options: SelectionOptions
  let installation: Installation
  let preparation: Preparation
  let kernel: KernelDescription?

  /// What is suggested, and the guest that shows it; nil where nothing helps.
  ///
  /// - Throws: `ValidationError` where no pool is asked for, `AdviceError` where nobody can know.
  func suggestion() async throws -> (Suggestion, RunSelection?) {
    let selection = try options.selection(in: installation)
    let asked = options.pools.cma ?? PoolRequest(bytes: selection.pools.askedBytes)
    guard asked.bytes > .zero else {
      throw ValidationError("there is no pool to make room for: give its size with --cma")
    }
    let outlook = try await preparation.outlook(of: selection, kernel: kernel)
    let board = selection.board
    let search = RemedySearch(
      kernel: outlook.facts, memory: outlook.memory, asked: asked, windows: board.physicalRAM,
      devices: [board.devices.gic, board.devices.uart], end: GuestAddressSpace.end)
    let standing = search.standing
    if case .unknown(let why) = standing { throw AdviceError.unknown(why) }
    let largest = search.largest.safe
    var largestOfTried = largest
    func made(
      _ outcome: Suggestion.Outcome, _ tried: [Suggestion.Tried], _ remedy: Remedy? = nil,
      boot: String? = nil
    ) -> Suggestion {
      Suggestion(
        board: board.name, layout: selection.layout.name, kernel: outlook.kernel, cma: asked,
        outcome: outcome, standing: standing.words, pool: standing.range,
        largestBytes: largest, largestOfTriedBytes: largestOfTried, tried: tried, remedy: remedy,
        boot: boot,
        assumptions: outlook.facts.assumptions)
    }
    if standing.safeRange != nil {
      return (made(.fits, [], boot: BootArguments.own.command(with: [])), selection)
    }
    var tried: [Suggestion.Tried] = []
    for kind in Remedy.Kind.allCases {
      let attempt = search.attempt(kind)
      for candidate in attempt.candidates {
        guard let changed = try await confirmed(candidate, asked: asked, in: selection) else {
          continue
        }
        let remedy = Remedy(
          candidate, asked: asked, alignment: ByteCount(outlook.facts.poolAlignment),
          dmaLimit: board.devices.dmaLimit)
        let boot = BootArguments.own.command(with: candidate.change.bootArguments)
        return (made(.remedy, tried, remedy, boot: boot), changed)
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
    _ candidate: RemedySearch.Candidate, asked: PoolRequest, in selection: RunSelection
  ) async throws -> RunSelection? {
    // A node beside one that --region asks for would be a second default.
    let hasOwnDefault = options.pools.region.contains(where: \.region.isLinuxCMADefault)
    if case .node = candidate.change, hasOwnDefault { return nil }
    let changed = try options.with(candidate.change).selection(in: installation)
    guard let outlook = try? await preparation.outlook(of: changed, kernel: kernel) else {
      return nil
    }
    let standing = PoolStanding(
      of: Prediction(of: outlook.facts, with: outlook.memory),
      asked: candidate.change.request?.bytes ?? asked.bytes, kernel: outlook.facts,
      memory: outlook.memory)
    return standing.safeRange == nil ? nil : changed
  }
}

/// Why there is nothing to suggest.
enum AdviceError: Error, CustomStringConvertible {
  case unknown(String)

  var description: String {
    switch self {
    case .unknown(let why): "nobody can know what becomes of the pool (\(why)): boot it"
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

extension SelectionOptions {
  /// The same guest with one thing changed.
  fileprivate func with(_ change: PoolChange) -> SelectionOptions {
    var options = self
    switch change {
    case .places(let deviceTree, let initramfs):
      options.placement.dtbAt = deviceTree ?? placement.dtbAt
      options.placement.initramfsAt = initramfs ?? placement.initramfsAt
    case .alignment(let request), .window(let request):
      options.pools.cma = request
      options.pools.via = .commandLine
    case .node(let request):
      options.pools.cma = request
      options.pools.via = .deviceTree
      options.pools.dtsCMA = nil
    case .split(let banks, _):
      options.placement.bank = banks
    }
    return options
  }
}

extension PoolChange {
  /// What `cmalab boot` has to be given for it.
  fileprivate var bootArguments: [(name: String, value: String)] {
    switch self {
    case .places(let deviceTree, let initramfs):
      [
        deviceTree.map { ("--dtb-at", "\($0)") }, initramfs.map { ("--initramfs-at", "\($0)") },
      ].compactMap(\.self)
    case .alignment(let request), .window(let request):
      [("--cma", request.kernelArgument), ("--via", "cmdline")]
    case .node(let request):
      [("--cma", request.kernelArgument), ("--via", "dts")]
    case .split(let banks, _):
      banks.map { ("--bank", "\($0.start)+\($0.size.kernelArgument)") }
    }
  }
}
