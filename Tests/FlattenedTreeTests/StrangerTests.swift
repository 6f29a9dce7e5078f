// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import Testing

/// Blobs that someone else made, cut and damaged.
@Suite struct StrangerTests {
  @Test func aCutBlobIsNeverWhole() throws {
    let blob = try sampleTree().blob
    for length in 0..<blob.count {
      let error = #expect(throws: FDTError.self) {
        try FlattenedTree(validating: Array(blob.prefix(length)))
      }
      #expect(error?.code == .truncated, "cut to \(length) bytes")
    }
  }

  /// The header is told the cut length too, so that only the blocks can give it away.
  @Test func aCutBlobThatSaysSoIsNotWholeEither() throws {
    let blob = try sampleTree().blob
    for length in 40..<blob.count {
      var cut = Array(blob.prefix(length))
      cut.store(UInt32(length), at: 4)
      #expect(throws: FDTError.self) { try FlattenedTree(validating: cut) }
    }
  }

  @Test func bytesBehindTheTreeAreLeftOut() throws {
    let tree = try sampleTree()
    #expect(try FlattenedTree(validating: tree.blob + [1, 2, 3]) == tree)
  }

  /// Header, reservations, structure and strings: each byte with each other value.
  @Test(arguments: 0..<8)
  func noDamagedByteLeadsAstray(part: Int) async throws {
    let blob = try sampleTree().blob
    var refused = 0
    var opened = 0
    for offset in stride(from: part, to: blob.count, by: 8) {
      var damaged = blob
      for change in 1...UInt8.max {
        damaged[offset] = blob[offset] ^ change
        do {
          var tree = try FlattenedTree(validating: damaged)
          try tree.readAll()
          try tree.set("edited", of: .root, to: .string("yes"))
          opened += 1
        } catch is FDTError {
          refused += 1
        }
      }
      await Task.yield()
    }
    #expect(refused > 0 && opened > 0)
  }

  /// libfdt 1.6.1's own fdt_check_full never returns from the first of these lengths.
  @Test(arguments: [-12, -13, -8, -4, -1, 0x7fff_fff4, 0x7fff_ffff, 1 << 20])
  func noPropertyLengthLeadsAstray(length: Int) throws {
    var tree = try FlattenedTree()
    try tree.set("a", of: .root, to: .cells([1]))
    var blob = tree.blob
    let structure = Int(blob.load(at: 8))
    blob.store(UInt32(truncatingIfNeeded: length), at: structure + 12)
    let error = #expect(throws: FDTError.self) { try FlattenedTree(validating: blob) }
    #expect(error?.code == .truncated)
  }

  @Test func whatIsNoTreeIsSaid() throws {
    let blob = try sampleTree().blob
    func code(_ change: (inout [UInt8]) -> Void) -> FDTError.Code? {
      var changed = blob
      change(&changed)
      return #expect(throws: FDTError.self) { try FlattenedTree(validating: changed) }?.code
    }
    #expect(
      code { $0 = Array("not a device tree, but long enough for a header".utf8) } == .badMagic)
    #expect(code { $0.store(16, at: 20) } == .badVersion)
    #expect(code { $0.store(18, at: 24) } == .badVersion)
    #expect(code { $0.store(3 << 20, at: 4) } == .tooLarge(bytes: 3 << 20))
    #expect(code { $0.store($0.load(at: 8) + 2, at: 8) } == .badLayout)
    // Strings over the structure.
    #expect(code { $0.store($0.load(at: 8), at: 12) } == .badLayout)
    // The first tag.
    #expect(code { $0.store(5, at: Int($0.load(at: 8))) } == .badStructure)
    #expect(code { $0.store(9, at: Int($0.load(at: 8))) } == .badStructure)
  }

  @Test func oneNameTwiceIsRefused() throws {
    var tree = try FlattenedTree()
    try tree.addNode("twin-a", under: .root)
    try tree.addNode("twin-b", under: .root)
    var blob = tree.blob
    for start in blob.indices.dropLast(6) where blob[start..<start + 6].elementsEqual("twin-b".utf8)
    {
      blob[start + 5] = UInt8(ascii: "a")
    }
    let error = #expect(throws: FDTError.self) { try FlattenedTree(validating: blob) }
    #expect(error?.code == .duplicateName)
    #expect(error?.path == "/twin-a")
  }

  @Test func namesAreBounded() throws {
    var tree = try FlattenedTree()
    let longest = String(repeating: "n", count: FlattenedTree.maximumNameLength)
    try tree.addNode(longest, under: .root)
    var blob = tree.blob
    #expect(try FlattenedTree(validating: blob).children(of: .root) == [longest])
    // The name's NUL: what follows is its end of node, which no name holds either.
    let start = try #require(blob.indices.first { blob[$0...].starts(with: longest.utf8) })
    blob[start + longest.utf8.count] = UInt8(ascii: "n")
    let error = #expect(throws: FDTError.self) { try FlattenedTree(validating: blob) }
    #expect(error?.code == .badName)
  }

  @Test func depthIsBounded() throws {
    var tree = try FlattenedTree()
    var node = NodePath.root
    for _ in 1..<FlattenedTree.maximumDepth { node = try tree.addNode("n", under: node) }
    let deepest = try FlattenedTree(validating: tree.blob)
    try deepest.readAll()
    try tree.addNode("n", under: node)
    let error = #expect(throws: FDTError.self) { try FlattenedTree(validating: tree.blob) }
    #expect(error?.code == .tooDeep)
  }
}

extension [UInt8] {
  fileprivate func load(at offset: Int) -> UInt32 {
    self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  fileprivate mutating func store(_ value: UInt32, at offset: Int) {
    for byte in 0..<4 { self[offset + byte] = UInt8(truncatingIfNeeded: value >> (24 - 8 * byte)) }
  }
}
