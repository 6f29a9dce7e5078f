// SPDX-License-Identifier: Apache-2.0

import Digests
import FlattenedTree
import Quantities

/// The kernel of U-Boot's flattened image tree (doc/usage/fit/source_file_format.rst): the one of its
/// default configuration.
struct FITImage {
  /// `kernel-1 of configuration conf-1`.
  let name: String
  let payload: [UInt8]

  private static let images: NodePath = "/images"
  private static let configurations: NodePath = "/configurations"

  /// - Parameter limit: of the tree, in bytes.
  /// - Throws: `KernelRefusal` for a tree that is cut or damaged, is not a FIT, or has no kernel of the
  ///   architecture.
  init(_ bytes: [UInt8], for architecture: Architecture, limit: Int) throws(KernelRefusal) {
    guard let total = bytes.bigEndian32(at: 4), Int(total) <= bytes.count else {
      throw KernelRefusal("it is a FIT or a device tree that is cut: copy it again")
    }
    do {
      let tree = try FlattenedTree(validating: bytes, limit: limit)
      guard try tree.hasNode(Self.images) else {
        throw KernelRefusal("it is a device tree, not a FIT: give it with --dtb")
      }
      let choice = try Self.kernel(in: tree)
      let node = Self.images.child(choice.image)
      guard try tree.hasNode(node) else {
        throw KernelRefusal("it is a FIT without the image \(Self.shown(choice.image))")
      }
      let machine = try tree.string("arch", of: node) ?? "no architecture"
      guard machine == architecture.rawValue else {
        throw KernelRefusal(
          "it is a FIT whose kernel \(Self.shown(choice.image)) is for \(Self.shown(machine)): "
            + "this board is \(architecture.rawValue)")
      }
      let payload = try Self.content(of: node, in: tree, bytes)
      try Self.check(payload, by: node, in: tree)
      self.payload = payload
      name =
        Self.shown(choice.image)
        + (choice.configuration.map { " of configuration \(Self.shown($0))" } ?? "")
    } catch let error as FDTError {
      throw KernelRefusal("it is a FIT or a device tree that is cut or damaged (\(error))")
    } catch let refusal as KernelRefusal {
      throw refusal
    } catch {
      throw KernelRefusal("it is a FIT that cannot be read (\(error))")
    }
  }

  /// The name of the kernel's image, and of the configuration that has it.
  private static func kernel(
    in tree: FlattenedTree
  ) throws -> (image: String, configuration: String?) {
    let names =
      try tree.hasNode(configurations) ? try tree.children(of: configurations) : []
    guard !names.isEmpty else {
      let kernels = try tree.children(of: images).filter { image in
        try tree.string("type", of: images.child(image))?.hasPrefix("kernel") == true
      }
      guard let kernel = kernels.first, kernels.count == 1 else {
        throw KernelRefusal(
          "it is a FIT without configurations and with \(kernels.count) kernels: name one in a "
            + "default configuration")
      }
      return (kernel, nil)
    }
    let chosen = try tree.string("default", of: configurations)
    guard let name = chosen ?? (names.count == 1 ? names[0] : nil) else {
      throw KernelRefusal(
        "it is a FIT without a default configuration: set one of "
          + names.map(shown).joined(separator: ", "))
    }
    guard names.contains(name) else {
      throw KernelRefusal("it is a FIT without its default configuration \(shown(name))")
    }
    guard let image = try tree.strings("kernel", of: configurations.child(name))?.first else {
      throw KernelRefusal("it is a FIT whose configuration \(shown(name)) has no kernel")
    }
    return (image, name)
  }

  /// In the node, or behind the tree (`mkimage -E`).
  private static func content(
    of node: NodePath, in tree: FlattenedTree, _ bytes: [UInt8]
  ) throws -> [UInt8] {
    if let data = try tree.bytes("data", of: node) { return data }
    guard let size = try tree.cell("data-size", of: node).map(Int.init) else {
      throw KernelRefusal("it is a FIT whose kernel has no data")
    }
    let start: Int
    if let position = try tree.cell("data-position", of: node) {
      start = Int(position)
    } else if let offset = try tree.cell("data-offset", of: node),
      let total = bytes.bigEndian32(at: 4)
    {
      start = (Int(total) + 3) & ~3 + Int(offset)
    } else {
      throw KernelRefusal("it is a FIT whose kernel has no place")
    }
    guard start + size <= bytes.count else {
      throw KernelRefusal(
        "it is a FIT whose kernel ends at byte \(start + size), of a file of \(bytes.count): "
          + "copy it again")
    }
    return Array(bytes[start..<(start + size)])
  }

  /// Holds content against those of its hashes that are computed here; U-Boot's others are passed by.
  private static func check(
    _ content: [UInt8], by node: NodePath, in tree: FlattenedTree
  ) throws {
    for name in try tree.children(of: node) where name.hasPrefix("hash") {
      let hash = node.child(name)
      guard let value = try tree.bytes("value", of: hash) else { continue }
      let computed: [UInt8]
      switch try tree.string("algo", of: hash) {
      case "crc32":
        let sum = CRC32.checksum(of: content[...])
        computed = (0..<4).reversed().map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
      case "sha256": computed = SHA256Digest(of: content).bytes
      default: continue
      }
      guard computed == value else {
        throw KernelRefusal("it is a FIT whose kernel is damaged (\(shown(name))): copy it again")
      }
    }
  }

  private static func shown(_ name: String) -> String { "'\(String(shown: name.utf8))'" }
}
