// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// A guest that is not started: what the model says of it, and what it was told.
package struct PredictedGuest: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.prediction.identifier

  package let schema: String
  package let board: String
  package let layout: String
  package let banks: [PhysicalRange]
  package let inventedRAM: [PhysicalRange]
  package let kernel: String
  package let commandLine: String
  package let placement: RunRequest.Placement
  package let predicted: PredictedRecord

  package init(
    schema: String, board: String, layout: String, banks: [PhysicalRange],
    inventedRAM: [PhysicalRange], kernel: String, commandLine: String,
    placement: RunRequest.Placement, predicted: PredictedRecord
  ) {
    self.schema = schema
    self.board = board
    self.layout = layout
    self.banks = banks
    self.inventedRAM = inventedRAM
    self.kernel = kernel
    self.commandLine = commandLine
    self.placement = placement
    self.predicted = predicted
  }
}
