// SPDX-License-Identifier: Apache-2.0

import Boards
package import Guests
package import Predictions
package import Records

extension Preparation {
  /// Predicts what another release makes of the same guest, with the configuration and the image of the
  /// selection's kernel.
  ///
  /// - Parameter description: of the kernel, in place of the selection's.
  /// - Throws: `PredictionError` for a kernel of which too little is known.
  package func upgrade(
    _ selection: RunSelection, from old: KernelRules, to new: KernelRules,
    kernel description: KernelDescription? = nil
  ) async throws -> UpgradedGuest {
    let guest = try await predictableGuest(of: selection, kernel: description)
    let upgrade = Upgrade(from: old, to: new, with: guest.memory) {
      KernelKnowledge.facts(of: guest.facts, with: $0)
    }
    return UpgradedGuest(
      board: selection.board.name, layout: selection.layout.name, kernel: guest.kernel,
      from: old, to: new, upgrade)
  }
}
