// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import KernelConsole
import Predictions
import Quantities
import Records

/// What a kernel will say against a tree, in the model's words, with what they mean.
struct KernelWords {
  let rules: TreeRules
  let facts: KernelFacts
  let prediction: Prediction

  private struct Said {
    let complaint: KernelComplaint.Said
    let message: String
  }

  /// What follows from another complaint, which is told in its place.
  private static let consequences: Set<KernelComplaint.ID> = [.driverRefused, .poolSetup]

  func findings() -> [Finding] {
    let before: [String?] = [nil] + prediction.messages
    let all = zip(prediction.messages, before).compactMap { message, previous in
      MemoryMessage(message, after: previous).flatMap { KernelComplaint.Said($0) }
        .map { Said(complaint: $0, message: message) }
    }
    return all.indices.compactMap { index in
      let said = all[index]
      let id = said.complaint.kind.id
      guard !Self.consequences.contains(id) else { return nil }
      // The second line of two has the names.
      if id == .overlap, said.complaint.operands.isEmpty { return nil }
      // The message before it has the cause.
      if isRefusal(said), index > 0, isRefusalsCause(all[index - 1]) { return nil }
      return finding(said, place: place(of: index, in: all))
    }
  }

  /// `cma: Failed to reserve`, not a region's `failed to reserve memory`.
  private func isRefusal(_ said: Said) -> Bool {
    said.complaint.kind.id == .notReserved && said.complaint.subject == nil
  }

  private func isRefusalsCause(_ said: Said) -> Bool {
    let causes: Set<KernelComplaint.ID> = [
      .baseAlignment, .limit, .memoryBoundary, .poolSlots,
    ]
    return causes.contains(said.complaint.kind.id)
  }

  private func finding(_ said: Said, place: Finding.Place) -> Finding {
    let kind = said.complaint.kind
    return Finding(
      rule: isRefusal(said) ? "no-pool" : kind.id.rawValue,
      severity: [.bypassed, .regEntries].contains(kind.id) ? .warning : .error, place: place,
      problem: problem(said) ?? kind.meaning, consequence: kind.meaning, message: said.message,
      origin: kind.origin,
      remedy: isRefusal(said) ? "ask for less ('cmalab max'), or see 'cmalab suggest'" : kind.remedy
    )
  }

  /// With this tree's figures.
  private func problem(_ said: Said) -> String? {
    let operands = said.complaint.operands
    switch said.complaint.kind.id {
    case .overlap:
      guard operands.count > 5 else { return nil }
      return "\(operands[0]) (\(operands[1])-\(operands[2])) overlaps \(operands[3]) "
        + "(\(operands[4])-\(operands[5]))"
    case .poolAlignment:
      return "base or size is no multiple of \(ByteCount(facts.poolAlignment))"
    case .notReserved, .noRoom:
      let region = prediction.regions.first { $0.name == said.complaint.subject }
      guard case .refused(let why) = region?.outcome else {
        return prediction.refusal.map { "\($0.cause)" }
      }
      return "\(why)"
    default: return nil
    }
  }

  // MARK: Places

  private func place(of index: Int, in all: [Said]) -> Finding.Place {
    let said = all[index].complaint
    let name = said.subject ?? refused(after: index, in: all)
    switch said.kind.id {
    case .nodeFormat: return formatPlace
    case .alignmentLength: return rules.place(name ?? "", "alignment")
    case .allocRangesLength: return rules.place(name ?? "", "alloc-ranges")
    case .bypassed:
      let bypassed = name ?? rules.nodes.first(where: \.isDefault)?.name
      return rules.place(bypassed ?? "", "linux,cma-default")
    case .regionSlots: return .init(key: TreeRules.parent.text)
    default: break
    }
    let ownPool = prediction.pools.first { $0.isPlacedByKernel }?.name
    guard let name, name != ownPool else { return .init(key: "/chosen:bootargs") }
    return rules.placement(of: name)
  }

  /// The node that the next named refusal is about: what comes before it was said of it too.
  private func refused(after index: Int, in all: [Said]) -> String? {
    let next = all[index...].first { $0.complaint.subject != nil }
    return next?.complaint.kind.id == .driverRefused ? next?.complaint.subject : nil
  }

  /// The property of /reserved-memory that is wrong.
  private var formatPlace: Finding.Place {
    let parent = TreeRules.parent
    for property in ["#address-cells", "#size-cells"] {
      let own = try? rules.tree.bytes(property, of: parent)
      let root = (try? rules.tree.bytes(property, of: .root)) ?? [0, 0, 0, 1]
      if own != root { return .init(key: parent.property(property)) }
    }
    return .init(key: parent.property("ranges"))
  }
}
