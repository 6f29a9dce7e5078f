// SPDX-License-Identifier: Apache-2.0

package import FlattenedTree
import HostFiles
package import SystemPackage

/// What a device-tree source is, by its first words.
package enum SourceForm: Hashable, Sendable {
  /// `/dts-v1/;` and nodes from the root on.
  case tree
  /// `/plugin/;`: for another tree.
  case overlay
  /// Nodes from the root on, or changes of nodes by path, without `/dts-v1/;`.
  case fragment
  /// Something out of the middle of a tree.
  case piece
  /// What no source has: bytes that are not text.
  case binary

  /// - Parameter source: once preprocessed, where it has to be.
  package init(of source: String) {
    guard !source.unicodeScalars.contains(where: Self.isForeign) else {
      self = .binary
      return
    }
    let text = Self.withoutComments(source)
    let words = text.prefix(Self.headLength)
    if words.contains("/plugin/") {
      self = .overlay
    } else if words.contains("/dts-v1/") {
      self = .tree
    } else {
      let first = text.first { !$0.isWhitespace }
      self = first.map { "/&".contains($0) } == true ? .fragment : .piece
    }
  }

  /// What a source is that may begin with another file's words, as dtc reads them.
  ///
  /// - Parameters:
  ///   - source: once preprocessed, where it has to be; its `/include/` have been checked.
  ///   - folder: where it lies.
  ///   - depth: of files that include each other.
  init(of source: String, in folder: FilePath, depth: Int = 0) throws(HostFileError) {
    self.init(of: source)
    guard self == .fragment, depth < SourceIncludes.maximumDepth,
      Self.withoutComments(source).drop(while: \.isWhitespace).hasPrefix("/include/"),
      let first = SourceIncludes.directives(of: Array(source.utf8)).first
    else { return }
    let file = folder.pushing(FilePath(first.name))
    guard HostFile.exists(file) else { return }
    let text = try HostFile.read(file, limit: SourceIncludes.maximumFileBytes)
    try self.init(
      of: String(decoding: text, as: UTF8.self), in: file.removingLastComponent(), depth: depth + 1)
  }

  /// dtc takes such a byte for the end of its input (dtc-lexer.l), and what stands behind it for nothing.
  private static func isForeign(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 && !scalar.properties.isWhitespace
  }

  /// Both directives stand before any node.
  private static let headLength = 4096

  /// Without comments and the lines of a preprocessor.
  private static func withoutComments(_ source: String) -> String {
    var rest = source[...]
    var text = ""
    while let start = rest.firstRange(of: "/") {
      text += rest[..<start.lowerBound]
      let comment = rest[start.lowerBound...]
      if comment.hasPrefix("//") {
        rest = comment.drop { !$0.isNewline }
      } else if comment.hasPrefix("/*") {
        rest = comment.firstRange(of: "*/").map { comment[$0.upperBound...] } ?? ""
      } else {
        text += "/"
        rest = comment.dropFirst()
      }
      if text.utf8.count > headLength { break }
    }
    text += rest.prefix(headLength)
    return text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("# ") }
      .joined(separator: "\n")
  }
}

extension FilePath {
  /// Whether it is named as a device tree's source: a whole one, a part of some, or an overlay as the
  /// kernel calls them since 6.2 (scripts/Makefile.lib).
  package var isDeviceTreeSource: Bool { ["dts", "dtsi", "dtso"].contains(self.extension) }

  /// Whether it is named as a compiled tree, or an overlay.
  package var isDeviceTreeBlob: Bool { ["dtb", "dtbo"].contains(self.extension) }
}

/// A source that is not a whole tree where one is asked for, or nothing that can be merged.
package struct DeviceTreeSourceError: Error, Hashable, Sendable {
  let file: FilePath
  let form: SourceForm

  init(file: FilePath, form: SourceForm) {
    self.file = file
    self.form = form
  }

  package init(overlay file: FilePath) {
    self.init(file: file, form: .overlay)
  }
}

extension FlattenedTree {
  /// Whether it is for another tree: fragments alone, with what dtc keeps of their labels.
  package var isOverlay: Bool {
    get throws(FDTError) {
      let names = try children(of: .root)
      return names.contains { $0.hasPrefix("fragment") }
        && names.allSatisfy { $0.hasPrefix("fragment") || $0.hasPrefix("__") }
    }
  }
}

extension DeviceTreeSourceError: CustomStringConvertible {
  package var description: String {
    switch form {
    case .tree: "\(file) is a whole tree"
    case .overlay:
      "\(file) is an overlay (/plugin/): name the board that it is for, "
        + "as in 'cmalab lint BOARD --dts-append \(file)', or that board's tree, with --dtb TREE "
        + "--overlay \(file)"
    case .fragment where file.extension == "dtsi":
      "\(file) is for sources that include it: name one of them"
    case .fragment:
      "\(file) has no /dts-v1/;: add it and a memory node, "
        + "or name the board that it is for and give it with --dts-append"
    case .binary:
      "\(file) has bytes that are not text: give device-tree source in UTF-8, and a blob with --dtb"
    case .piece:
      "\(file) is a piece of a tree: wrap it in / { … };, name the board that it is for "
        + "and give it with --dts-append"
    }
  }
}
