// SPDX-License-Identifier: Apache-2.0

// Board files of boards that nobody wrote one for: from a log, a device tree, or both. Each figure
// keeps where it comes from; what neither tells is named, and not made up.

package import BootLogs
package import Explanations
import Predictions
package import Quantities
package import Records

/// A board as its log and its device tree show it.
package struct BoardImport: Sendable {
  /// The file's stem.
  package let name: String
  /// The board file.
  package let text: String
  /// What neither log nor tree tells, each with the command that shows it on the board.
  package let missing: [ExplainedBoot.Missing]

  /// - Parameters:
  ///   - name: nil for one that is made of the board's model.
  ///   - log: the log's file and one of its boots; nil without a log.
  ///   - tree: the board's device tree; nil without one.
  /// - Throws: `ImportFault` where no board comes out.
  package init(
    name: String?, log: (file: String, boot: LoggedBoot)?, tree: OwnerTree?
  ) throws(ImportFault) {
    let view = BoardView(log: log?.file ?? "", boot: log?.boot ?? LoggedBoot(), tree: tree)
    let board = try ImportedBoard(view)
    self.name = name ?? board.model.value.asBoardName
    missing = log == nil ? [] : MissingFacts(view).list
    text =
      BoardFileText(
        board, name: self.name, files: [log?.file, tree?.file].compactMap(\.self),
        missing: missing
      ).text
  }
}

/// Why no board file can be made.
package enum ImportFault: Error, Hashable, Sendable, CustomStringConvertible {
  case noMemory
  case outOfReach(PhysicalRange)

  package var description: String {
    switch self {
    case .noMemory:
      "neither log nor tree tells where RAM lies: give a log with 'Early memory node ranges', or the "
        + "tree that the kernel got (cp /sys/firmware/fdt board.dtb)"
    case .outOfReach(let bank):
      "the bank \(bank) lies beyond the 39 address bits of a guest: no board file can have it"
    }
  }
}

extension String {
  /// A board's name of a model: `freescale-i-mx6-ull-14x14-evk-board`.
  fileprivate var asBoardName: String {
    let words = lowercased().split { character in
      !(character.isASCII && (character.isLetter || character.isWholeNumber))
    }
    let name = words.joined(separator: "-").prefix(64)
    return name.isEmpty ? "board" : String(name)
  }
}
