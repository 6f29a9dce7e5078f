// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// The largest pools of one layout.
package struct MaximumPool: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.max.identifier

  package struct Size: Hashable, Sendable, Codable {
    /// Zero where no pool will do.
    package let bytes: ByteCount
    package let base: PhysicalAddress?
    package let predicted: PredictedRecord

    package init(
      bytes: ByteCount, base: PhysicalAddress?, predicted: PredictedRecord
    ) {
      self.bytes = bytes
      self.base = base
      self.predicted = predicted
    }
  }

  package struct Need: Hashable, Sendable, Codable {
    package let what: String
    package let bytes: ByteCount

    package init(
      what: String, bytes: ByteCount
    ) {
      self.what = what
      self.bytes = bytes
    }
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

  package init(
    schema: String, board: String, layout: String, kernel: String, fits: Size, safe: Size,
    refusal: String?, needs: [Need], unit: ByteCount
  ) {
    self.schema = schema
    self.board = board
    self.layout = layout
    self.kernel = kernel
    self.fits = fits
    self.safe = safe
    self.refusal = refusal
    self.needs = needs
    self.unit = unit
  }
}
