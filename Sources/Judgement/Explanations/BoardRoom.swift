// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities

/// How large a pool can be on a board whose log the model agrees with.
struct BoardRoom {
  /// The largest `cma=` that is safe; nil where none is.
  let pool: ByteCount?
  /// The node of /reserved-memory that has no place, and the largest size for which it has one.
  let node: (name: String, size: ByteCount)?

  init(_ prediction: Prediction, largest: LargestPool, _ kernel: KernelFacts, _ memory: EarlyMemory)
  {
    pool = largest.safe > .zero ? largest.safe : nil
    node = PoolRoom(insteadOf: prediction, of: kernel, with: memory).flatMap { room in
      room.node.flatMap { room.safe > .zero ? ($0, room.safe) : nil }
    }
  }
}
