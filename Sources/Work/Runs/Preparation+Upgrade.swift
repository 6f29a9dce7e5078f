// SPDX-License-Identifier: Apache-2.0

import Boards
import Guests
import KernelFiles
import Predictions
import Quantities
package import Records

extension Preparation {
  /// Predicts what another kernel makes of the same guest, with the image of the selection's kernel, and with
  /// its configuration where a side has none of its own.
  ///
  /// - Throws: `PredictionError` for a kernel of which too little is known; `KernelFileError` for a file
  ///   that does not configure one.
  package func upgrade(
    _ selection: RunSelection, from old: UpgradeSide, to new: UpgradeSide
  ) async throws -> UpgradedGuest {
    let guest = try await predictableGuest(of: selection)
    let architecture = selection.board.architecture
    let upgrade = Upgrade(
      from: try await facts(of: old, asIn: guest, architecture),
      to: try await facts(of: new, asIn: guest, architecture), with: guest.memory
    ) { KernelKnowledge.facts(of: $0, with: $1, configuration: $2) }
    return UpgradedGuest(
      board: selection.board.name, layout: selection.layout.name, kernel: guest.kernel,
      from: old.origin, to: new.origin, upgrade)
  }

  private func facts(
    of side: UpgradeSide, asIn guest: PredictableGuest, _ architecture: Architecture
  ) async throws -> KernelFacts {
    let rules = try side.rules
    guard let file = side.configurationFile else {
      return KernelKnowledge.facts(of: guest.facts, with: rules)
    }
    let configuration = try await KernelFile(at: file, cache: cache)
      .configuration(for: architecture)
    var own = try KnownKernel(
      KernelDescription(configuration: configuration, from: file, imageSize: nil), image: nil,
      for: architecture
    ).facts
    own.image = guest.facts.image
    return KernelKnowledge.facts(of: own, with: rules)
  }
}
