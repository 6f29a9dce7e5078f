// SPDX-License-Identifier: Apache-2.0

package import KernelConsole
package import MemoryRequests
import Predictions
import Quantities

extension FailureCause {
  /// Complaints that say all about a pool that is refused: another size is no way out.
  private static let telling: Set<KernelComplaint.ID> = [
    .baseAlignment, .memoryBoundary, .poolSlots,
  ]

  /// Of a default pool that the kernel refuses.
  ///
  /// - Parameters:
  ///   - message: the kernel's words.
  ///   - complaints: what it complained of in the same boot.
  ///   - predicted: nil of a kernel that no model knows.
  ///   - request: what `cma=` asks for; nil where it is not on the command line.
  ///   - intruders: what is seen to lie where it was to lie.
  package init(
    refusedPool message: String, complaints: [KernelComplaint], predicted: PredictedRecord?,
    request: PoolRequest?, intruders: [String] = []
  ) {
    if let complaint = complaints.last(where: { Self.telling.contains($0.id) }) {
      self.init(message, because: [complaint.meaning], next: complaint.remedy)
    } else if let room = predicted?.room, room.node == nil {
      // Of a range of the user's own, how much RAM it has tells more than who lies in it.
      let shortage = request?.base == nil ? nil : predicted?.shortage
      self.init(message, room: room, shortage: shortage, request: request)
    } else if let complaint = complaints.last(where: { $0.id == .limit }) {
      self.init(message, because: [complaint.meaning], next: complaint.remedy)
    } else {
      let names = intruders.joined(separator: ", ")
      self.init(
        message, because: intruders.isEmpty ? [] : ["its place is taken by \(names)"],
        next: "cmalab suggest")
    }
  }

  /// Of a node of /reserved-memory that the kernel makes nothing of.
  ///
  /// - Parameters:
  ///   - message: the kernel's words; nil where it says nothing.
  ///   - fault: what is wrong with the node.
  package init(
    refusedRegion node: String, message: String?, kind: KernelComplaint?, fault: String?,
    predicted: PredictedRecord?, request: PoolRequest?
  ) {
    // Without the names of the file that says it: the line has to be short.
    let words = message.flatMap { MemoryMessage($0, after: String?.none) }.map { String($0.text) }
    let what = words ?? message ?? "'\(node)' is dropped silently" + (fault.map { ": \($0)" } ?? "")
    if let room = predicted?.room, room.node == node, room.isTelling {
      self.init(what, room: room, request: request)
    } else if let kind {
      self.init(
        what,
        because: [fault, kind.meaning].compactMap(\.self), next: kind.remedy,
        orShorter: "cmalab lint")
    } else {
      self.init(what, next: "cmalab lint")
    }
  }

  /// Of a guest that dies, or will die.
  package init(dead what: String, predicted: PredictedRecord?, request: PoolRequest?) {
    if let predicted, predicted.fatality != nil, let room = predicted.room {
      self.init(
        what, room: room, freeBytes: "\(predicted.freeBytes.wholeMebibytes) MiB",
        request: request)
    } else if let exposure = predicted?.exposures?.first {
      let words = "\(exposure.words) [\(exposure.hazard.rawValue)]"
      self.init(what, because: [words, exposure.words, exposure.shortWords], next: "cmalab lint")
    } else if request?.bytes == .zero {
      self.init(what, next: "see console.log before it: there is no pool to blame")
    } else {
      self.init(what, next: "--cma 0, which tells whether the pool is the cause")
    }
  }
}
