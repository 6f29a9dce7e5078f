// SPDX-License-Identifier: Apache-2.0

package import Quantities
package import SystemPackage

/// The kernel that a board runs, by which predictions go where nobody names another one.
package struct BoardKernel: Hashable, Sendable {
  /// As `uname -r` says it; nil where nothing tells.
  package let release: String?
  /// What the boot loader gives it; nil where nothing tells.
  package let arguments: String?
  /// Its .config; nil where there is none beside the board file.
  package let configuration: FilePath?
  /// image_size of its header; nil where nothing tells.
  package let imageSize: ByteCount?
  /// Where it says that its node's data lie (`NODE_DATA`), which tells what is taken above them.
  package let nodeData: PhysicalRange?
}
