// SPDX-License-Identifier: Apache-2.0

import Quantities
import SystemPackage
import YAMLFiles

// The `kernel` of a board file.
extension NodeCursor {
  func boardKernel() throws(YAMLFileError) -> BoardKernel {
    let fields = try fields(BoardKernelKey.self)
    return BoardKernel(
      release: try fields.optional(.release)?.text(),
      arguments: try fields.optional(.arguments)?.text(),
      configuration: try fields.optional(.config)?.fileBeside(),
      imageSize: try fields.optional(.imageSize)?.size(),
      nodeData: try fields.optional(.nodeData)?.range())
  }

  /// A path from the board file's folder, or from the root.
  func fileBeside() throws(YAMLFileError) -> FilePath {
    FilePath(file).removingLastComponent().pushing(FilePath(try text()))
  }
}
