// SPDX-License-Identifier: Apache-2.0

import Boards
import Kernels
package import Predictions
package import Records

/// What a selection's kernel will find when it starts, for whoever asks the model himself.
package struct Outlook: Hashable, Sendable {
  /// The kernel's name.
  package let kernel: String
  package let facts: KernelFacts
  package let memory: EarlyMemory
  package let placement: RunRequest.Placement
  package let blob: [UInt8]
}

extension Preparation {
  /// - Throws: as ``predict(_:kernel:)``.
  package func outlook(
    of selection: RunSelection, kernel description: KernelDescription? = nil
  ) async throws -> Outlook {
    let found = try await found(by: selection, description)
    return Outlook(
      kernel: found.kernel.name, facts: found.kernel.facts, memory: found.memory,
      placement: found.placement, blob: found.blob)
  }
}
