// SPDX-License-Identifier: Apache-2.0

import Boards
import Guests
package import Predictions
package import Records

extension Preparation {
  /// Predicts what another release makes of the same guest, with the configuration and the image of the
  /// selection's kernel.
  ///
  /// - Throws: `PredictionError` for a kernel of which too little is known.
  package func upgrade(
    _ selection: RunSelection, from old: KernelRules, to new: KernelRules
  ) async throws -> UpgradedGuest {
    let guest = try await predictableGuest(of: selection)
    let upgrade = Upgrade(from: old, to: new, with: guest.memory) {
      KernelKnowledge.facts(of: guest.facts, with: $0)
    }
    return UpgradedGuest(
      board: selection.board.name, layout: selection.layout.name, kernel: guest.kernel,
      from: old, to: new, upgrade)
  }
}
