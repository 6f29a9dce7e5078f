// SPDX-License-Identifier: Apache-2.0

// Flattened device trees, of our own making and untrusted ones. This target is the only importer of
// CFDT: what libfdt may see, for how long, and what its codes mean is decided here.

import CFDT

/// A flattened device tree: a value that owns its bytes and is read and edited through libfdt.
///
/// libfdt sees the bytes only within one call, and no pointer of its leaves a call. Reading takes
/// time in proportion to the tree's size, as libfdt keeps no index.
package struct FlattenedTree: Hashable, Sendable {
  /// The arm64 boot protocol's bound (Documentation/arch/arm64/booting.rst, "Setup the device tree").
  package static let maximumByteCount = 2 << 20
  /// The depth that Linux unflattens (drivers/of/fdt.c, FDT_MAX_DEPTH).
  package static let maximumDepth = 64
  /// Bounds the time that an untrusted tree takes, as every look-up walks over its nodes.
  static let maximumNodeCount = 16384
  /// Far above what Linux has slots for in early memory (mm/memblock.c,
  /// INIT_MEMBLOCK_RESERVED_REGIONS: 128).
  package static let maximumReservationCount = 1024
  /// Far above the 31 of the Devicetree Specification, which real trees do not keep.
  package static let maximumNameLength = 255

  /// Exactly as long as its header's totalsize says.
  ///
  /// An array's storage is aligned to 16 bytes on
  /// every 64-bit platform, where libfdt asks for 8 (FDT_ERR_ALIGNMENT).
  private var storage: [UInt8]

  /// A tree that has only a root without properties.
  package init() throws(FDTError) {
    storage = [UInt8](repeating: 0, count: 1024)
    try unsafe edit("fdt_create_empty_tree", "/") { blob, count in
      unsafe fdt_create_empty_tree(blob, count)
    }
  }

  /// Opens an untrusted blob after checking all of it; bytes behind its totalsize are left out.
  ///
  /// - Parameter limit: of its bytes: a boot loader's image has whole kernels in it.
  /// - Throws: `FDTError` with libfdt's code for a blob that is cut, damaged or of a version before
  ///   17, and with the wrapper's for one that exceeds a limit or uses a name twice.
  package init(
    validating blob: [UInt8], limit: Int = maximumByteCount
  ) throws(FDTError) {
    storage = Array(blob.prefix(try BlobCheck.totalByteCount(of: blob, limit: limit)))
    try BlobCheck(storage).checkStructure()
    let status = unsafe storage.span.withUnsafeBytes { bytes in
      unsafe fdt_check_full(bytes.baseAddress, bytes.count)
    }
    guard status == 0 else {
      throw FDTError(operation: "fdt_check_full", path: "/", code: .library(-status))
    }
    // Puts the blocks into the order that libfdt's writing functions ask for.
    try resize(to: storage.count)
  }

  /// The blob, as long as its header says.
  package var blob: [UInt8] { storage }

  /// Whether `name` can be a node's or property's: printable ASCII without `/`, of bounded length.
  static func isName(_ name: some StringProtocol) -> Bool {
    1...maximumNameLength ~= name.utf8.count
      && name.utf8.allSatisfy { 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "/") }
  }

  /// Gives back the room that edits have left over.
  package mutating func pack() throws(FDTError) {
    try unsafe edit("fdt_pack", "/") { blob, _ in unsafe fdt_pack(blob) }
    storage.removeLast(storage.count - Int(storage.bigEndian32(at: 4)))
  }

  /// Has room for edits of all that `byteCount` bytes of another tree can bring, several times over.
  mutating func makeRoom(for byteCount: Int) throws(FDTError) {
    try resize(to: min(storage.count + 4 * byteCount, Self.maximumByteCount))
  }

  /// Calls libfdt on the bytes, to read.
  func read<Value>(
    _ body: (UnsafeRawPointer) throws(FDTError) -> Value
  ) throws(FDTError) -> Value {
    try unsafe storage.span.withUnsafeBytes { (bytes) throws(FDTError) -> Value in
      guard let blob = bytes.baseAddress else {
        throw FDTError(operation: "read", path: "/", code: .truncated)
      }
      return try unsafe body(blob)
    }
  }

  /// Calls a libfdt function that writes, with more room for as long as it asks for more.
  ///
  /// libfdt leaves the tree as it was where it has no space, so the call can be repeated.
  /// - Parameter body: gets the bytes and their number, returns libfdt's status.
  mutating func edit(
    _ operation: String, _ path: String,
    _ body: (UnsafeMutableRawPointer, Int32) throws(FDTError) -> Int32
  ) throws(FDTError) {
    while true {
      var span = storage.mutableSpan
      let status = try unsafe span.withUnsafeMutableBytes { (bytes) throws(FDTError) -> Int32 in
        guard let blob = bytes.baseAddress else { return -FDT_ERR_TRUNCATED }
        return try unsafe body(blob, Int32(bytes.count))
      }
      if status >= 0 { return }
      guard status == -FDT_ERR_NOSPACE, storage.count < Self.maximumByteCount else {
        throw FDTError(operation: operation, path: path, code: .library(-status))
      }
      try resize(to: min(2 * storage.count, Self.maximumByteCount))
    }
  }

  /// Moves the tree into `byteCount` bytes, or into as many more as it needs.
  private mutating func resize(to byteCount: Int) throws(FDTError) {
    var room = [UInt8](repeating: 0, count: byteCount)
    while true {
      var span = room.mutableSpan
      let status = try unsafe read { (blob) throws(FDTError) -> Int32 in
        unsafe span.withUnsafeMutableBytes { bytes in
          unsafe fdt_open_into(blob, bytes.baseAddress, Int32(bytes.count))
        }
      }
      if status == 0 { break }
      guard status == -FDT_ERR_NOSPACE, room.count < Self.maximumByteCount else {
        throw FDTError(operation: "fdt_open_into", path: "/", code: .library(-status))
      }
      room = [UInt8](repeating: 0, count: min(2 * room.count, Self.maximumByteCount))
    }
    storage = room
  }
}
