// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestRequests
import Guests
import MemoryRequests
import Predictions
import Quantities
package import Records

extension Preparation {
  /// The largest pools of a selection's layout, whatever pool it asks for.
  package func maximum(_ selection: RunSelection) async throws -> MaximumPool {
    let guest = try await predictableGuest(of: selection)
    let node =
      selection.request.pools.via == .deviceTree
      ? guest.memory.reservedMemory?.nodes.first { $0.isDefault }?.name : nil
    let largest = LargestPool(of: guest.facts, with: guest.memory, node: node)
    func size(_ bytes: ByteCount, _ prediction: Prediction) -> MaximumPool.Size {
      .init(
        bytes: bytes,
        base: (node == nil
          ? prediction.pools.first { $0.isPlacedByKernel } : prediction.defaultNodePool)?
          .range.start,
        predicted: PredictedRecord(prediction))
    }
    return MaximumPool(
      schema: MaximumPool.currentSchema, board: selection.board.name,
      layout: selection.layout.name, kernel: guest.kernel,
      fits: size(largest.fits, largest.prediction),
      safe: size(largest.safe, largest.safePrediction), refusal: largest.refusalMessage,
      needs: largest.needs.map { .init(what: $0.what, bytes: $0.size) }, unit: largest.unit)
  }
}
