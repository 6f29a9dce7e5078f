// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import HostFiles
package import Quantities
package import SystemPackage

/// A board's own device tree, as its owner has it: what a guest with it is laid out by.
///
/// Read as kernels read it: what is malformed in it stays there, and is the kernel's to judge.
package struct OwnTree: Hashable, Sendable {
  package let blob: [UInt8]
  /// The root's `model`; nil where it has none that can be read.
  package let model: String?
  /// By the cores in /cpus; nil where none of them tells.
  package let architecture: Architecture?
  /// CPUs that are available.
  package let cpuCount: Int
  /// RAM in its memory nodes, in the tree's order; empty where a boot loader fills it in.
  package let banks: [PhysicalRange]
  /// `bootargs` of /chosen.
  package let bootArguments: String
  /// The available children of /reserved-memory.
  package let regions: [DeclaredRegion]
  /// `/memreserve/` entries.
  package let memoryReservations: [PhysicalRange]
  /// What the tree itself takes of memory: regions with a place, and ``memoryReservations``.
  package let taken: [PhysicalRange]
  /// Cells of an address in the root: with one, nothing of the board is above 4 GiB.
  package let addressCells: Int

  /// - Throws: `FDTError` for a blob that is not a device tree; `DeviceTreeError` for one whose
  ///   memory or CPUs make no sense.
  package init(_ blob: [UInt8]) throws {
    let tree = try FlattenedTree(validating: blob)
    let cells = try CellCounts(of: .root, in: tree)
    self.blob = tree.blob
    model = try? tree.string("model", of: .root)
    architecture = try Architecture(of: tree)
    banks = try DeviceTreeContents.banks(in: tree, cells: cells)
    addressCells = cells.address
    let chosen = try tree.hasNode("/chosen")
    bootArguments = chosen ? (try? tree.string("bootargs", of: "/chosen")) ?? "" : ""
    cpuCount = try tree.cpus().count { try tree.isAvailable($0) }
    regions = try DeclaredRegion.all(in: blob)
    let ofRegions = regions.flatMap { region in
      [region.base.flatMap { PhysicalRange(start: $0, size: region.bytes) }].compactMap(\.self)
        + region.furtherRanges
    }
    memoryReservations = try tree.memoryReservations().compactMap {
      PhysicalRange(start: PhysicalAddress($0.address), size: ByteCount($0.byteCount))
    }
    taken = ofRegions + memoryReservations
  }

  /// Reads a blob, or compiles source.
  ///
  /// - Parameters:
  ///   - overlays: blobs or sources, applied in this order.
  ///   - folders: where sources may include files from, beside their own.
  /// - Throws: `OwnTreeError` for what is not a device tree, and for an overlay that does not apply;
  ///   `DTCError`, `HostFileError`.
  package init(
    at path: FilePath, overlays: [FilePath] = [], searching folders: [FilePath] = []
  ) async throws {
    let blob = try await Self.blob(
      at: path, as: .tree, searching: folders, withSymbols: !overlays.isEmpty)
    var tree = try OwnTreeError.naming(path) { try FlattenedTree(validating: blob) }
    for path in overlays {
      let blob = try await Self.blob(at: path, as: .overlay, searching: folders)
      try OwnTreeError.naming(path) { try tree.apply(try FlattenedTree(validating: blob)) }
    }
    let whole = tree.blob
    self = try OwnTreeError.naming(path) { try OwnTree(whole) }
  }

  /// - Parameter symbols: whether source is to get labels that overlays refer to.
  private static func blob(
    at path: FilePath, as form: SourceForm, searching folders: [FilePath],
    withSymbols symbols: Bool = false
  ) async throws -> [UInt8] {
    guard path.isDeviceTreeSource else {
      return try HostFile.read(path, limit: FlattenedTree.maximumByteCount)
    }
    return try await DTC().blob(
      of: path, as: form, searching: folders, withSymbols: symbols
    ).blob
  }
}

/// A file that is not a board's device tree.
package struct OwnTreeError: Error, Hashable, Sendable, CustomStringConvertible {
  package let file: FilePath
  package let reason: String

  package var description: String { "\(file): \(reason)" }

  /// Says of which file a tree's errors are.
  fileprivate static func naming<Value>(
    _ file: FilePath, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let error as FDTError {
      throw OwnTreeError(file: file, reason: "\(error)")
    } catch let error as DeviceTreeError {
      throw OwnTreeError(file: file, reason: "\(error)")
    }
  }
}

extension FlattenedTree {
  /// The nodes of CPUs, in the tree's order: by name or by type, as the kernel takes them
  /// (drivers/of/base.c, of_get_next_cpu_node).
  func cpus() throws -> [NodePath] {
    let parent: NodePath = "/cpus"
    guard try hasNode(parent) else { return [] }
    return try children(of: parent).map(parent.child).filter { node in
      let name = node.text.dropFirst(parent.text.utf8.count + 1).prefix { $0 != "@" }
      return try name == "cpu" || bytes("device_type", of: node) == Array("cpu\0".utf8)
    }
  }
}
