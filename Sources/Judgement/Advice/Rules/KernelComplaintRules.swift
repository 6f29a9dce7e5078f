// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import KernelConsole
import Predictions
import Quantities
import Records

/// What a kernel will say against a tree, in the model's words: a rule for each complaint of the
/// kernel's that a prediction can have.
struct KernelComplaintRules: LintRule {
  /// The default pool is refused.
  private static let noPool = LintRuleDescription(
    Finding.Rule("no-pool"), .error, "the default pool does not fit where it is asked for",
    consequence: "there is no default pool, and the boot goes on without it",
    origin: "mm/cma.c, cma_declare_contiguous_nid",
    remedy: "ask for less ('cmalab max'), or see 'cmalab suggest'")

  var descriptions: [LintRuleDescription] {
    [Self.noPool] + KernelComplaint.ID.allCases.filter(Self.isFinding).compactMap(Self.description)
  }

  /// Whether it is a finding of its own, and can be predicted.
  private static func isFinding(_ id: KernelComplaint.ID) -> Bool {
    switch id {
    // They follow from another one, which is told in their place.
    case .driverRefused, .poolSetup: false
    // They are said once the kernel runs.
    case .coherentPool, .pageBlock, .poolList, .allocation: false
    case .nodeFormat, .regLength, .sizeLength, .alignmentLength, .allocRangesLength, .regEntries,
      .notReserved, .noRoom, .overlap, .regionSlots, .regionArray, .needsNoMap, .bypassed,
      .poolAlignment, .poolSlots, .baseAlignment, .memoryBoundary, .limit, .notActivated,
      .noValue, .crashKernel:
      true
    }
  }

  /// The rule of a complaint; nil for one that is in no table.
  static func description(_ id: KernelComplaint.ID) -> LintRuleDescription? {
    KernelComplaint.all.first { $0.id == id }.map { description($0) }
  }

  private static func description(_ kind: KernelComplaint) -> LintRuleDescription {
    LintRuleDescription(
      .said(kind.id), [.bypassed, .regEntries].contains(kind.id) ? .warning : .error, kind.meaning,
      consequence: kind.meaning, origin: kind.origin, remedy: kind.remedy)
  }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let prediction = subject.prediction else { return [] }
    return PredictedComplaints(subject: subject, prediction: prediction).findings
  }

  /// What a prediction has the kernel say.
  private struct PredictedComplaints {
    let subject: LintSubject
    let prediction: Prediction
    let all: [Said]

    struct Said {
      let complaint: KernelComplaint.Said
      let message: String
      var id: KernelComplaint.ID { complaint.kind.id }
      /// `cma: Failed to reserve`, not a region's `failed to reserve memory`.
      var isRefusal: Bool { id == .notReserved && complaint.subject == nil }
    }

    init(subject: LintSubject, prediction: Prediction) {
      self.subject = subject
      self.prediction = prediction
      let before: [String?] = [nil] + prediction.messages
      all = zip(prediction.messages, before).compactMap { message, previous in
        MemoryMessage(message, after: previous).flatMap { KernelComplaint.Said($0) }
          .map { Said(complaint: $0, message: message) }
      }
    }

    var findings: [Finding] {
      all.indices.compactMap { index in
        let said = all[index]
        guard isFinding(said.id) else { return nil }
        // The second line of two has the names.
        if said.id == .overlap, said.complaint.operands.isEmpty { return nil }
        // The message before it has the cause.
        if said.isRefusal, index > 0, isCauseOfRefusal(all[index - 1].id) { return nil }
        return finding(said, at: place(of: index))
      }
    }

    private func isCauseOfRefusal(_ id: KernelComplaint.ID) -> Bool {
      [.baseAlignment, .limit, .memoryBoundary, .poolSlots].contains(id)
    }

    private func finding(_ said: Said, at place: Finding.Place) -> Finding {
      let kind = said.complaint.kind
      let problem = problem(said) ?? kind.meaning
      guard said.isRefusal else {
        return description(kind).finding(at: place, problem: problem, message: said.message)
      }
      return noPool.finding(
        at: place, problem: problem, consequence: kind.meaning, message: said.message)
    }

    /// With this tree's figures.
    private func problem(_ said: Said) -> String? {
      let operands = said.complaint.operands
      switch said.id {
      case .overlap:
        guard operands.count > 5 else { return nil }
        return "\(operands[0]) (\(operands[1])-\(operands[2])) overlaps \(operands[3]) "
          + "(\(operands[4])-\(operands[5]))"
      case .poolAlignment:
        return "base or size is not a multiple of \(ByteCount(subject.facts.poolAlignment))"
      case .notReserved, .noRoom:
        let region = prediction.regions.first { $0.name == said.complaint.subject }
        if case .refused(let why) = region?.outcome { return "\(why)" }
        return prediction.refusal.map { "\($0.cause)" }
      default:
        return nil
      }
    }

    // MARK: Places

    private func place(of index: Int) -> Finding.Place {
      let said = all[index].complaint
      let name = said.subject ?? nodeRefused(after: index)
      switch said.kind.id {
      case .nodeFormat: return formatPlace
      case .alignmentLength: return subject.place(name ?? "", "alignment")
      case .allocRangesLength: return subject.place(name ?? "", "alloc-ranges")
      case .bypassed:
        let bypassed = name ?? subject.nodes.first(where: \.isDefault)?.name
        return subject.place(bypassed ?? "", "linux,cma-default")
      case .regionSlots: return .node(path: LintSubject.reservedMemory.text)
      default: break
      }
      let ownPool = prediction.pools.first { $0.isPlacedByKernel }?.name
      guard let name, name != ownPool else { return LintSubject.commandLine }
      return subject.placement(of: name)
    }

    /// The node that the next named refusal is about: what comes before it was said of it too.
    private func nodeRefused(after index: Int) -> String? {
      let next = all[index...].first { $0.complaint.subject != nil }
      return next?.id == .driverRefused ? next?.complaint.subject : nil
    }

    /// The property of /reserved-memory that is wrong.
    private var formatPlace: Finding.Place {
      let parent = LintSubject.reservedMemory
      for property in ["#address-cells", "#size-cells"] {
        let own = try? subject.tree.bytes(property, of: parent)
        let root = (try? subject.tree.bytes(property, of: .root)) ?? [0, 0, 0, 1]
        if own != root { return .node(path: parent.text, property: property) }
      }
      return .node(path: parent.text, property: "ranges")
    }
  }
}
