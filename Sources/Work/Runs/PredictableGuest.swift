// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestImages
import Guests
import HostFiles
import HostProcesses
import MemoryRequests
package import Predictions
import Quantities
package import Records

/// A selection's guest, with all that a prediction of it is made from: nothing is built for it, and
/// nothing started.
package struct PredictableGuest: Hashable, Sendable {
  /// The kernel's name.
  package let kernel: String
  package let facts: KernelFacts
  package let memory: EarlyMemory
  package let placement: RunRequest.Placement
  package let blob: [UInt8]

  /// The default pool that is asked for; of a share of RAM, what that comes to.
  func askedBytes(by pools: PoolSettings) -> ByteCount {
    guard pools.via == .kconfig else { return pools.askedBytes }
    return facts.configuredPool.bytes(
      of: ByteCount(memory.banks.reduce(0) { $0 + $1.size.bytes }),
      pageSize: ByteCount(facts.pageSize))
  }
}

extension Preparation {
  /// What a selection's kernel will find when it starts.
  ///
  /// - Throws: `PredictionError` for a kernel of which too little is known; `GuestImageError` where
  ///   the guest has no room.
  func predictableGuest(of selection: RunSelection) async throws -> PredictableGuest {
    var known = try await kernel(of: selection)
    let initramfsSize: ByteCount
    if let size = try await self.initramfsSize(for: selection.board.architecture) {
      initramfsSize = selection.initramfsSize(ofFile: size)
    } else {
      initramfsSize = selection.initramfsSize(ofFile: Self.usualInitramfsSize)
      known.facts.assumptions.append(
        "its initramfs takes \(initramfsSize): there is no compiler to make it with")
    }
    if let limit = selection.machineDMALimit, !selection.hasOwnKernel {
      known.assumeDMAZone(upTo: limit)
    }
    if let fault = selection.guestFault {
      known.facts.assumptions.append("no guest can show it: \(fault)")
    }
    let placed = try await placed(selection, image: known.image, initramfsSize: initramfsSize)
    var memory = placed.memory
    memory.machineDMALimit = selection.machineDMALimit
    memory.nodeData = selection.nodeData
    return PredictableGuest(
      kernel: known.name, facts: known.facts, memory: memory,
      placement: RunRequest.Placement(placed), blob: placed.blob)
  }

  /// Predicts without building a kernel and without an emulator.
  ///
  /// - Throws: as ``predictableGuest(of:)``.
  package func predict(_ selection: RunSelection) async throws -> PredictedGuest {
    let guest = try await predictableGuest(of: selection)
    return PredictedGuest(
      schema: PredictedGuest.currentSchema, board: selection.board.name,
      layout: selection.layout.name, banks: selection.layout.banks,
      inventedRAM: selection.layout.inventedRAM, kernel: guest.kernel,
      commandLine: selection.commandLine, placement: guest.placement,
      predicted: PredictedRecord(of: guest.facts, with: guest.memory))
  }

  /// What init alone takes, about.
  private static var usualInitramfsSize: ByteCount { .kibibytes(512) }

  /// Nil where the architecture's compiler is missing, which who only asks can do without.
  private func initramfsSize(for architecture: Architecture) async throws -> ByteCount? {
    do {
      return try HostFile.size(
        of: try await programs.initramfs(for: architecture, readsContent: false))
    } catch let error as ToolError where error.reason == .notFound {
      return nil
    }
  }
}

extension RunRequest.Placement {
  init(_ placed: PlacedGuest) {
    self.init(
      kernel: placed.kernel, initramfs: placed.initramfs, deviceTree: placed.deviceTree)
  }
}
