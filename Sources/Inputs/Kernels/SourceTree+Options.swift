// SPDX-License-Identifier: Apache-2.0

import HostFiles
import Quantities
import SystemPackage

extension SourceTree {
  /// Which options somebody may set in this tree: those that a Kconfig file declares with a prompt. Of
  /// several architectures' files those of this one count.
  ///
  /// - Parameter names: `CONFIG_ZONE_DMA`, and its like.
  /// - Throws: `HostFileError`.
  func offered(of names: Set<String>, for architecture: Architecture) throws -> Set<String> {
    var offered: Set<String> = []
    for file in try HostFile.files(below: root) where Self.isRead(file, for: architecture) {
      let text = try HostFile.read(root.pushing(file), limit: Self.configurationLimit)
      offered.formUnion(Self.options(declaredIn: text).intersection(names))
    }
    return offered
  }

  private static func isRead(_ file: FilePath, for architecture: Architecture) -> Bool {
    guard file.lastComponent?.string.hasPrefix("Kconfig") == true else { return false }
    let folders = file.components.map(\.string)
    return folders.first != "arch" || folders.count < 3 || folders[1] == architecture.rawValue
  }

  /// Documentation/kbuild/kconfig-language.rst: an entry begins at the margin and its attributes do not;
  /// the type, or `prompt`, is followed by what is asked.
  static func options(declaredIn text: [UInt8]) -> Set<String> {
    var options: Set<String> = []
    var entry: String?
    for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
      guard let first = words.first else { continue }
      if line.first?.isWhitespace == false {
        let isEntry = ["config", "menuconfig"].contains(first) && words.count > 1
        entry = isEntry ? "CONFIG_\(words[1])" : nil
      } else if let entry, words.count > 1, words[1].hasPrefix("\""), prompts.contains(first) {
        options.insert(entry)
      }
    }
    return options
  }

  private static let prompts: Set<Substring> = [
    "bool", "tristate", "int", "hex", "string", "prompt",
  ]
}
