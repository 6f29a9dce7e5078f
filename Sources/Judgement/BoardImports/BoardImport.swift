// SPDX-License-Identifier: Apache-2.0

// Board files of boards that nobody wrote one for: from a log, a device tree, or both. Each figure
// keeps where it comes from; what neither tells is named, and not made up.

package import BootLogs
package import Explanations
import Predictions
package import Quantities
package import Records

/// What there is of a board to make its file of.
package struct BoardSources: Sendable {
  /// The log's file and one of its boots.
  package var log: (file: String, boot: LoggedBoot)?
  package var tree: OwnerTree?
  package var listing: MemoryListing?
  package var configuration: GivenConfiguration?

  package init(
    log: (file: String, boot: LoggedBoot)? = nil, tree: OwnerTree? = nil,
    listing: MemoryListing? = nil, configuration: GivenConfiguration? = nil
  ) {
    self.log = log
    self.tree = tree
    self.listing = listing
    self.configuration = configuration
  }

  fileprivate var files: [String] {
    [log?.file, tree?.file, listing?.file, configuration?.file].compactMap(\.self)
  }
}

/// The .config of a board's kernel.
package struct GivenConfiguration: Hashable, Sendable {
  package let file: String
  package let text: String
  /// In its first line.
  package let release: KernelRelease
  /// Options that are set, by name, without `CONFIG_`.
  package let options: [String: String]

  package init(file: String, text: String, release: KernelRelease, options: [String: String]) {
    self.file = file
    self.text = text
    self.release = release
    self.options = options
  }
}

/// A board as what there is of it shows it.
package struct BoardImport: Sendable {
  /// The file's stem.
  package let name: String
  /// The board file.
  package let text: String
  /// The board's own tree, which lies beside the board file as `NAME.dtb`; nil without one.
  package let deviceTree: [UInt8]?
  /// What lies beside the board file as `NAME.config`; nil where nothing tells of a kernel.
  package let configuration: String?
  /// What nothing tells, each with the command that shows it on the board.
  package let missing: [ExplainedBoot.Missing]

  /// - Parameters:
  ///   - name: nil for one that is made of the board's model.
  ///   - hasFiles: whether ``deviceTree`` and ``configuration`` are going to lie beside the board file,
  ///     which else has the tree's regions in its own words.
  /// - Throws: `ImportFault` where no board comes out.
  package init(
    name: String?, from sources: BoardSources, withFilesBeside hasFiles: Bool = true
  ) throws(ImportFault) {
    let view = BoardView(
      log: sources.log?.file ?? "", boot: sources.log?.boot ?? LoggedBoot(), tree: sources.tree,
      listing: sources.listing)
    let kernel = ImportedKernel(view, sources.configuration)
    let board = try ImportedBoard(view, kernel, sources.configuration)
    self.name = name ?? board.model.value.asBoardName
    configuration = hasFiles ? kernel?.configuration?.value : nil
    deviceTree = hasFiles ? sources.tree?.blob : nil
    missing = Self.missing(view, sources)
    text =
      BoardFileText(
        board, name: self.name, files: sources.files, missing: missing,
        hasTree: deviceTree != nil, hasConfiguration: configuration != nil
      ).text
  }

  private static func missing(
    _ view: BoardView, _ sources: BoardSources
  ) -> [ExplainedBoot.Missing] {
    var list =
      sources.log == nil
      ? [
        .init(
          what: "what the kernel makes of it: its release, its pages, its pools",
          command: "dmesg    # for --log")
      ] : MissingFacts(view).list
    if sources.listing == nil, view.boot.loader.kernel == nil {
      list.append(
        .init(what: "where the kernel is", command: "cat /proc/iomem    # as root; for --iomem"))
    }
    if sources.configuration == nil {
      list.append(
        .init(
          what: "the kernel's configuration",
          command: "zcat /proc/config.gz    # for --kernel-config"
        ))
    }
    return list
  }
}

/// Why no board file can be made.
package enum ImportFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The log is of a kernel for it.
  case architecture(String)
  case noMemory
  case outOfReach(PhysicalRange)

  package var description: String {
    switch self {
    case .architecture(let name):
      "the log is of a kernel for \(name): boards are arm64 or 32-bit ARM"
    case .noMemory:
      "neither log nor tree tells where RAM is: give a log with 'Early memory node ranges', the tree "
        + "that the kernel got (cp /sys/firmware/fdt board.dtb), or /proc/iomem"
    case .outOfReach(let bank):
      "the bank \(bank) is beyond the 39 address bits of a guest: no board file can have it; predict, "
        + "max and lint take the tree itself (--dtb)"
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
