// SPDX-License-Identifier: Apache-2.0
import CFDT

extension FlattenedTree {
  /// Applies an overlay, as boot loaders do.
  ///
  /// - Throws: `FDTError` where the overlay refers to what the tree does not have, among others to
  ///   labels of a tree without `__symbols__`; the tree is as it was then.
  package mutating func apply(_ overlay: FlattenedTree) throws(FDTError) {
    var merged = self
    // libfdt leaves both in pieces where it fails, for lack of room as well.
    try merged.makeRoom(for: 2 * overlay.blob.count)
    var spent = overlay
    try unsafe merged.edit("fdt_overlay_apply", "/") { (blob, _) throws(FDTError) -> Int32 in
      var status: Int32 = 0
      try unsafe spent.edit("fdt_overlay_apply", "/") { overlay, _ in
        status = unsafe fdt_overlay_apply(blob, overlay)
        return 0
      }
      return status == -FDT_ERR_NOSPACE ? -FDT_ERR_INTERNAL : status
    }
    try merged.pack()
    self = try FlattenedTree(validating: merged.blob)
  }
}
