// SPDX-License-Identifier: Apache-2.0

package import SystemPackage
import YAMLFiles

/// Why there is no board to read.
package enum BoardCatalogueError: Error, Hashable, Sendable {
  /// `nearest` holds the names that may have been meant, nearest first.
  case unknownBoard(String, nearest: [String])
  /// A file or folder is called so, and is not read as a board.
  case notABoardFile(String)
  case unreadableDirectory(FilePath)
  case unreadableFile(FilePath, Errno)
  case tooLarge(FilePath)
}

extension BoardCatalogueError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownBoard(let name, let nearest):
      let guess = NearestNames.question(for: nearest).map { "\($0) " } ?? ""
      return "there is no board \(Quotation(name)): \(guess)'cmalab boards' lists them all"
    case .notABoardFile(let name):
      return
        "\(Quotation(name)) is not a board's name, and a board file ends in .yaml: rename it, or "
        + "name a board that 'cmalab boards' lists"
    case .unreadableDirectory(let directory):
      return
        "cannot list the boards in '\(directory)': set CMALAB_HOME to where cmalab's boards/ is"
    case .unreadableFile(let path, let errno):
      return "cannot read the board file '\(path)', \(errno): check the path, "
        + "or name a board that 'cmalab boards' lists"
    case .tooLarge(let path):
      return "the board file '\(path)' is larger than \(BoardCatalogue.largestFile): "
        + "name a board file, or shorten it"
    }
  }
}
