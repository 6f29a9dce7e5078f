// SPDX-License-Identifier: Apache-2.0

/// A walk over an untrusted blob that lets libfdt see only what cannot lead it astray.
///
/// `fdt_check_full` alone does not do: it never returns (libfdt 1.6.1) from a property whose length
/// is -12, because fdt_next_tag adds it to its offset unchecked. This walk applies the checks of
/// fdt_check_full with lengths that cannot wrap, and this wrapper's own limits and rules for names.
/// Layout and tags: Devicetree Specification v0.4, chapter 5.
struct BlobCheck {
  /// Bytes of a header of version 17, the one that dtc writes.
  static let headerByteCount = 40

  private let blob: [UInt8]
  private let structure: Range<Int>
  private let strings: Range<Int>

  /// The blob's own length, which may be less than the buffer's.
  static func totalByteCount(of blob: [UInt8], limit: Int) throws(FDTError) -> Int {
    func refuse(_ code: FDTError.Code) -> FDTError {
      FDTError(operation: "check of the header", path: "/", code: code)
    }
    guard blob.count >= headerByteCount else { throw refuse(.truncated) }
    guard blob.bigEndian32(at: 0) == 0xd00d_feed else { throw refuse(.badMagic) }
    let total = Int(blob.bigEndian32(at: 4))
    guard total <= limit else { throw refuse(.tooLarge(bytes: total)) }
    guard headerByteCount...blob.count ~= total else { throw refuse(.truncated) }
    return total
  }

  /// Checks the header and the places of the three blocks; `blob` is as long as its header says.
  init(_ blob: [UInt8]) throws(FDTError) {
    func refuse(_ code: FDTError.Code) -> FDTError {
      FDTError(operation: "check of the header", path: "/", code: code)
    }
    let version = blob.bigEndian32(at: 20)
    guard version >= 17, blob.bigEndian32(at: 24) <= 17 else { throw refuse(.badVersion) }

    func block(at field: Int, byteCount: Int) throws(FDTError) -> Range<Int> {
      let start = Int(blob.bigEndian32(at: field))
      guard start >= Self.headerByteCount, start + byteCount <= blob.count else {
        throw refuse(.truncated)
      }
      return start..<start + byteCount
    }
    structure = try block(at: 8, byteCount: Int(blob.bigEndian32(at: 36)))
    strings = try block(at: 12, byteCount: Int(blob.bigEndian32(at: 32)))

    var reservations = try block(at: 16, byteCount: 16)
    while (reservations.upperBound - 8..<reservations.upperBound).contains(where: { blob[$0] != 0 })
    {
      let next = reservations.upperBound + 16
      guard next <= blob.count else { throw refuse(.truncated) }
      reservations = reservations.lowerBound..<next
    }
    guard structure.lowerBound % 4 == 0, reservations.lowerBound % 8 == 0,
      !structure.overlaps(strings), !structure.overlaps(reservations),
      !strings.overlaps(reservations)
    else { throw refuse(.badLayout) }
    self.blob = blob
  }

  /// One open node: its own name and the names that it has used so far.
  private struct OpenNode {
    let name: String
    var children: Set<String> = []
    var properties: Set<String> = []
    var hasEndedProperties = false
  }

  /// Walks the structure block from the root's beginning to the end tag.
  func checkStructure() throws(FDTError) {
    var open: [OpenNode] = []
    var nodeCount = 0
    var offset = structure.lowerBound

    func refuse(_ code: FDTError.Code, at name: String = "") -> FDTError {
      let names = open.dropFirst().map(\.name) + (name.isEmpty ? [] : [name])
      return FDTError(
        operation: "check of the structure", path: "/" + names.joined(separator: "/"), code: code)
    }
    func word() throws(FDTError) -> UInt32 {
      guard offset + 4 <= structure.upperBound else { throw refuse(.truncated) }
      defer { offset += 4 }
      return blob.bigEndian32(at: offset)
    }

    while true {
      switch try word() {
      case 1:  // FDT_BEGIN_NODE
        guard open.count < FlattenedTree.maximumDepth else { throw refuse(.tooDeep) }
        nodeCount += 1
        guard nodeCount <= FlattenedTree.maximumNodeCount else { throw refuse(.tooManyNodes) }
        guard !open.isEmpty || nodeCount == 1 else { throw refuse(.badStructure) }
        guard let length = lengthOfString(at: offset, in: structure) else {
          throw refuse(.truncated)
        }
        let name = String(decoding: blob[offset..<offset + length], as: UTF8.self)
        guard open.isEmpty ? name.isEmpty : FlattenedTree.isName(name) else {
          throw refuse(.badName)
        }
        if !open.isEmpty {
          open[open.count - 1].hasEndedProperties = true
          guard open[open.count - 1].children.insert(name).inserted else {
            throw refuse(.duplicateName, at: name)
          }
        }
        open.append(OpenNode(name: name))
        offset = (offset + length + 1 + 3) & ~3
      case 2:  // FDT_END_NODE
        guard open.popLast() != nil else { throw refuse(.badStructure) }
      case 3:  // FDT_PROP
        guard let node = open.last, !node.hasEndedProperties else { throw refuse(.badStructure) }
        let valueLength = Int(try word())
        let nameStart = strings.lowerBound + Int(try word())
        guard valueLength <= structure.upperBound - offset else { throw refuse(.truncated) }
        guard let length = lengthOfString(at: nameStart, in: strings) else {
          throw refuse(.badStructure)
        }
        let name = String(decoding: blob[nameStart..<nameStart + length], as: UTF8.self)
        guard FlattenedTree.isName(name) else { throw refuse(.badName) }
        guard open[open.count - 1].properties.insert(name).inserted else {
          throw refuse(.duplicateName, at: name)
        }
        offset = (offset + valueLength + 3) & ~3
      case 4:  // FDT_NOP
        break
      case 9:  // FDT_END
        guard open.isEmpty, nodeCount > 0 else { throw refuse(.badStructure) }
        return
      default:
        throw refuse(.badStructure)
      }
    }
  }

  /// The bytes before the NUL that ends the string at `start`, one more than any name has where it
  /// is longer; nil where `block` ends first.
  private func lengthOfString(at start: Int, in block: Range<Int>) -> Int? {
    guard block.contains(start) else { return nil }
    let longest = FlattenedTree.maximumNameLength + 1
    if let end = blob[start..<min(block.upperBound, start + longest)].firstIndex(of: 0) {
      return end - start
    }
    return start + longest < block.upperBound ? longest : nil
  }
}
