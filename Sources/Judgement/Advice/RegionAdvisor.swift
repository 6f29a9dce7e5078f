// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestRequests
import MemoryRequests
import Predictions
import Quantities
import Records

/// Names the regions of a guest that do not become what their nodes ask for, with what would help each.
struct RegionAdvisor {
  let model: any GuestModel
  let outlook: GuestOutlook
  let prediction: Prediction

  /// One for each node at fault, in the tree's order.
  func advice(for request: GuestRequest) async -> [RegionAdvice] {
    var advice: [RegionAdvice] = []
    for fault in prediction.regionFaults {
      guard
        let search = RegionSearch(
          node: fault.node, of: prediction, outlook.facts, outlook.memory)
      else { continue }
      var remedies: [RegionAdvice.Remedy] = []
      for candidate in search.candidates {
        remedies.append(
          await remedy(candidate, node: fault.node, unit: search.unit, in: request))
      }
      advice.append(
        RegionAdvice(node: fault.node, problems: fault.problems, remedies: remedies))
    }
    return advice
  }

  private func remedy(
    _ candidate: RegionSearch.Candidate, node name: String, unit: UInt64, in request: GuestRequest
  ) async -> RegionAdvice.Remedy {
    let change = candidate.change
    let source = NodeSource(likeRootOf: outlook.tree)
    var caveats: [String] = []
    let text: String
    switch change.what {
    case .bank(let bank):
      text = source.memory(bank)
      caveats += bank.subtracting(outlook.layout.physicalRAM).map {
        "the board is not known to have RAM at \($0): without it, the guest boots and the board does not"
      }
    case .placement:
      let node = outlook.memory.reservedMemory?.nodes.first { $0.name == name }
      text =
        node.map {
          source.node(
            change.applied(to: $0), name: Self.name(of: $0, after: change), alignment: unit)
        } ?? ""
      caveats += candidate.region.unreached(beyond: outlook.board.devices.dmaLimit)
    }
    return RegionAdvice.Remedy(
      kind: change.kind, summary: change.summary(unit: ByteCount(unit)), region: candidate.region,
      deviceTree: text, boot: await boot(change, of: name, in: request), caveats: caveats)
  }

  /// A node is named after its address, and one without has none in its name.
  private static func name(of node: EarlyMemory.Node, after change: RegionChange) -> String {
    let stem = node.name.split(separator: "@").first.map(String.init) ?? node.name
    guard case .placement(.fixed(let entries)) = change.what, let first = entries.first else {
      return stem
    }
    return "\(stem)@\(String(first.start, radix: 16))"
  }

  /// The command that shows it; nil where no option says it, or there can be no such guest.
  private func boot(
    _ change: RegionChange, of name: String, in request: GuestRequest
  ) async -> String? {
    let changed: GuestRequest
    switch change.what {
    case .bank(let bank):
      changed = request.applying(.banks((outlook.layout.banks + [bank]).sorted()))
    case .placement(let placement):
      guard let asked = request.regions.first(where: { $0.region.nodeName == name }),
        let placed = asked.placed(placement)
      else { return nil }
      changed = request.applying(.region(name, placed))
    }
    guard changed.isBootable, (try? await model.outlook(of: changed)) != nil else { return nil }
    return changed.commandLine
  }
}

extension RequestedRegion {
  /// The same region in another place; nil for one that no option says.
  fileprivate func placed(_ placement: EarlyMemory.Node.Placement) -> RequestedRegion? {
    func ranges(_ entries: [EarlyMemory.Entry]) -> [PhysicalRange] {
      entries.compactMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    }
    var region = region
    switch placement {
    case .fixed(let entries): region.placement = .fixed(ranges(entries))
    case .dynamic(let size, let alignment, let within):
      region.placement = .dynamic(
        size: ByteCount(size), alignment: alignment.map { ByteCount($0) },
        within: ranges(within ?? []))
    case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere:
      return nil
    }
    return RequestedRegion(region: region, userCount: userCount)
  }
}
