// SPDX-License-Identifier: Apache-2.0

import Boards
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
    let outlook = try await outlook(selection, description)
    let upgrade = Upgrade(from: old, to: new, with: outlook.memory) {
      KernelKnowledge.facts(of: outlook.kernel.facts, with: $0)
    }
    return UpgradedGuest(
      board: selection.board.name, layout: selection.layout.name, kernel: outlook.kernel.name,
      from: old, to: new, upgrade)
  }
}
