// SPDX-License-Identifier: Apache-2.0
import Boards
import Predictions
package import Quantities
package import Verdicts

/// The largest pools of one layout.
package struct MaximumPool: Hashable, Sendable, Codable {
  package static let currentSchema = "cmalab.max/1"

  package struct Size: Hashable, Sendable, Codable {
    /// Zero where no pool will do.
    package let bytes: ByteCount
    package let base: PhysicalAddress?
    package let predicted: PredictedRecord
  }

  package struct Need: Hashable, Sendable, Codable {
    package let what: String
    package let bytes: ByteCount
  }

  package let schema: String
  package let board: String
  package let layout: String
  package let kernel: String
  package let fits: Size
  package let safe: Size
  /// What the kernel says to one unit more than what fits.
  package let refusal: String?
  package let needs: [Need]
  package let unit: ByteCount
}

extension Preparation {
  /// The largest pools of a selection's layout, whatever pool it asks for.
  package func maximum(
    _ selection: RunSelection, kernel description: KernelDescription? = nil
  ) async throws -> MaximumPool {
    let (known, memory, _) = try await outlook(selection, description)
    let largest = LargestPool(of: known.facts, with: memory)
    func size(_ bytes: ByteCount, _ prediction: Prediction) -> MaximumPool.Size {
      .init(
        bytes: bytes,
        base: prediction.pools.first { $0.name == "reserved" }.map(\.range.start),
        predicted: PredictedRecord(prediction))
    }
    return MaximumPool(
      schema: MaximumPool.currentSchema, board: selection.board.name,
      layout: selection.layout.name, kernel: known.name,
      fits: size(largest.fits, largest.prediction),
      safe: size(largest.safe, largest.safePrediction), refusal: largest.refusal,
      needs: largest.needs.map { .init(what: $0.what, bytes: $0.size) }, unit: largest.unit)
  }
}
