// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
package import Predictions
package import Quantities

extension PredictedRecord {
  /// What there is room for instead of a pool or region that is refused, or of which the guest dies.
  package struct Room: Hashable, Sendable, Codable {
    /// The node of /reserved-memory; nil for the pool that the kernel places itself.
    package let node: String?
    /// The largest that the kernel reserves, and the largest that the guest also lives with; zero
    /// where there is none.
    package let fitsBytes: ByteCount
    package let safeBytes: ByteCount
    /// Where the largest would lie; nil where none fits.
    package let hole: PhysicalRange?
    /// What bounds it, by name.
    package let below: String?
    package let above: String?
    /// What lies where something with an address of its own was to lie.
    package let intruders: [String]

    package init(_ room: PoolRoom) {
      node = room.node
      fitsBytes = room.fits
      safeBytes = room.safe
      hole = room.hole
      below = room.below.map { "\($0)" }
      above = room.above.map { "\($0)" }
      intruders = room.intruders.map { "\($0)" }
    }
  }

  /// What is predicted of a kernel with that memory, what there is room for where that is not what was
  /// asked for, and how large the default pool could be.
  package init(of kernel: KernelFacts, with memory: EarlyMemory) {
    let prediction = Prediction(of: kernel, with: memory)
    let room = PoolRoom(insteadOf: prediction, of: kernel, with: memory)
    self.init(
      prediction, room: room,
      safe: Self.largestSafe(prediction, room: room, of: kernel, with: memory))
  }

  private static func largestSafe(
    _ prediction: Prediction, room: PoolRoom?, of kernel: KernelFacts, with memory: EarlyMemory
  ) -> ByteCount? {
    guard prediction.unknown == nil else { return nil }
    switch prediction.setting {
    case .deviceTree:
      return LargestPool(of: kernel, with: memory, node: prediction.defaultPool?.name).safe
    case .commandLine, .kconfig:
      // Where the kernel places the pool, the room is the pool's.
      if let room, room.node == nil { return room.safe }
      return LargestPool(of: kernel, with: memory).safe
    case nil:
      let node = memory.reservedMemory?.nodes.first { $0.name == room?.node }
      return node?.isDefault == true ? room?.safe : nil
    }
  }
}
