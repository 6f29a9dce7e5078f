// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a board file, and where: the first thing found, and only that.
package struct BoardFileError: Error, Hashable, Sendable {
  /// The file as it was named.
  package let file: String
  /// Counted from 1.
  package let line: Int
  /// `layouts.wide.banks[1].size`; empty for the file as a whole.
  package let keyPath: String
  /// What is wrong, and after a colon the remedy.
  package let message: String
}

extension BoardFileError: CustomStringConvertible {
  /// `boards/x.yaml:12: layouts.wide.banks[1].size: …`, which editors can jump to.
  package var description: String {
    "\(file):\(line): \(keyPath.isEmpty ? "" : "\(keyPath): ")\(message)"
  }
}
