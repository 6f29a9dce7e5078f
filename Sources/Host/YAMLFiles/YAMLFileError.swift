// SPDX-License-Identifier: Apache-2.0

// YAML files that people write: read with bounds, and every refusal names the file, the line, the
// key and the remedy.

/// What is wrong with a YAML file, and where: the first thing found, and only that.
package struct YAMLFileError: Error, Hashable, Sendable {
  /// The file as it was named.
  package let file: String
  /// Counted from 1.
  package let line: Int
  /// `layouts.wide.banks[1].size`; empty for the file as a whole.
  package let keyPath: String
  /// What is wrong, and after a colon the remedy.
  package let message: String

  package init(file: String, line: Int, keyPath: String, message: String) {
    self.file = file
    self.line = line
    self.keyPath = keyPath
    self.message = message
  }
}

extension YAMLFileError: CustomStringConvertible {
  /// `boards/x.yaml:12: layouts.wide.banks[1].size: …`, which editors can jump to.
  package var description: String {
    "\(file):\(line): \(keyPath.isEmpty ? "" : "\(keyPath): ")\(message)"
  }
}
