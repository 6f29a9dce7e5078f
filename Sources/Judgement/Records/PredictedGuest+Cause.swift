// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import MemoryRequests
import Predictions

extension PredictedGuest {
  /// Why the guest will not have what was asked for, or not live with it; nil where it will, and
  /// where that cannot be predicted.
  package var cause: FailureCause? {
    guard predicted.unknown == nil else { return nil }
    let request = PoolRequest(commandLine: commandLine)
    if let refusal = predicted.refusal {
      return FailureCause(
        refusedPool: refusal, complaints: predicted.complaints.map(\.kind), predicted: predicted,
        request: request)
    }
    if let region = predicted.refusedRegion {
      let said = predicted.complaints.filter { $0.subject == region.node }
      // What explains comes before what only follows from it.
      let first = said.first { $0.kind.id != .driverRefused } ?? said.first
      return FailureCause(
        refusedRegion: region.node, message: first?.message, kind: first?.kind,
        fault: region.reason, predicted: predicted, request: request)
    }
    if let fatality = predicted.fatality {
      return FailureCause(
        dead: "the guest dies: \(fatality.rawValue)", predicted: predicted, request: request)
    }
    return predicted.pools.first { !$0.isActive }.map { pool in
      FailureCause(
        "cma: CMA area \(pool.name) could not be activated", because: ["it is in two zones"],
        next: "cmalab suggest")
    }
  }
}

extension PoolRequest {
  /// The last `cma=` that can be read; nil where there is none.
  fileprivate init?(commandLine: String) {
    let values = KernelParameters(commandLine).values(of: "cma")
    guard let text = values.compactMap(\.self).last.map({ String(decoding: $0, as: UTF8.self) }),
      let request = try? PoolRequest(parsing: text)
    else { return nil }
    self = request
  }
}

extension PredictedRecord {
  /// What the kernel will say against what it is asked for.
  fileprivate var complaints: [(message: String, kind: KernelComplaint, subject: String?)] {
    messages.compactMap { message in
      MemoryMessage(message, after: String?.none).flatMap { KernelComplaint.Said($0) }
        .map { (message, $0.kind, $0.subject) }
    }
  }

  /// The first region that the kernel makes nothing of although it could be something.
  package var refusedRegion: Region? {
    regions.first { $0.outcome == .refused && $0.refusal != .overridden }
  }
}
