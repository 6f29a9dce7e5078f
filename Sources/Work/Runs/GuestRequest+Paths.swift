// SPDX-License-Identifier: Apache-2.0

import Boards
package import GuestRequests
package import SystemPackage

extension GuestRequest {
  /// The same guest, its files named from the root: it means the same in another working directory.
  package func withAbsolutePaths(from folder: FilePath) -> GuestRequest {
    func absolute(_ path: FilePath) -> FilePath {
      path.isRelative ? folder.pushing(path).lexicallyNormalized() : path
    }
    var request = self
    if BoardCatalogue.isPath(board) { request.board = absolute(FilePath(board)).string }
    request.deviceTree = deviceTree.map(absolute)
    request.overlays = overlays.map(absolute)
    request.fragment = fragment.map(absolute)
    request.kernel.configuration = kernel.configuration.map(absolute)
    switch kernel.source {
    case .line: break
    case .image(let path): request.kernel.source = .image(absolute(path))
    case .tree(let path): request.kernel.source = .tree(absolute(path))
    }
    return request
  }
}
