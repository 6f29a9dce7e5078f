// SPDX-License-Identifier: Apache-2.0

extension Finding {
  /// Where it is written.
  package enum Place: Hashable, Sendable {
    /// A node of a device tree, or a property of it.
    ///
    /// - Parameters:
    ///   - file: of the source; nil for a tree that no file holds.
    ///   - path: of the node: `/reserved-memory/video@50000000`.
    case node(file: String? = nil, path: String, property: String? = nil)
    /// A key of a board file: `layouts.stock.reserved[0]`.
    case boardKey(file: String, key: String)
    /// An option of the command line: `--region video`.
    ///
    /// - Parameter layout: which its words name as well; nil where they name none.
    case option(String, layout: String? = nil)

    /// The file; nil for what stands on the command line.
    package var file: String? {
      switch self {
      case .node(let file, _, _): file
      case .boardKey(let file, _): file
      case .option: nil
      }
    }

    /// A node's path with its property, as dtc writes it, `/reserved-memory/video@0:reg`; a board
    /// file's key path; or an option.
    package var key: String {
      switch self {
      case .node(_, let path, let property): path + (property.map { ":\($0)" } ?? "")
      case .boardKey(_, let key): key
      case .option(let option, _): option
      }
    }

    /// The same place, in the source that it comes from.
    package func inFile(_ file: String) -> Place {
      guard case .node(_, let path, let property) = self else { return self }
      return .node(file: file, path: path, property: property)
    }
  }
}

extension Finding.Place: Codable {
  private enum Field: String, CodingKey {
    case file, key, layout
  }

  /// A node's path begins with a slash; a board file's key is never without its file.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Field.self)
    let file = try container.decodeIfPresent(String.self, forKey: .file)
    let key = try container.decode(String.self, forKey: .key)
    if key.hasPrefix("/") {
      let parts = key.split(separator: ":", maxSplits: 1).map(String.init)
      self = .node(file: file, path: parts[0], property: parts.count > 1 ? parts[1] : nil)
    } else if let file {
      self = .boardKey(file: file, key: key)
    } else {
      self = .option(key, layout: try container.decodeIfPresent(String.self, forKey: .layout))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encodeIfPresent(file, forKey: .file)
    try container.encode(key, forKey: .key)
    if case .option(_, let layout?) = self { try container.encode(layout, forKey: .layout) }
  }
}
