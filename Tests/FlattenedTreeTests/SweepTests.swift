// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import Testing

@Suite struct SweepTests {
  /// The sample, with a `compatible` at each depth.
  private static func tree() throws -> FlattenedTree {
    var tree = try sampleTree()
    try tree.set("compatible", of: "/chosen", to: .string("a,chosen"))
    try tree.set("compatible", of: "/bus@0", to: .string("a,bus"))
    try tree.set("compatible", of: "/bus@0/device@1000", to: .string("a,device"))
    try tree.pack()
    return tree
  }

  @Test func valuesComeWithTheirNodes() throws {
    let found = try Self.tree().values(of: "compatible")
    #expect(Set(found.map(\.node.text)) == ["/", "/chosen", "/bus@0", "/bus@0/device@1000"])
    #expect(
      found.first { $0.node == "/bus@0/device@1000" }?.bytes == Array("a,device\0".utf8))
    #expect(try Self.tree().values(of: "nothing").isEmpty)
  }

  @Test func aRenamedPropertyKeepsValueAndSize() throws {
    let before = try Self.tree()
    var tree = before
    try tree.rename("compatible", to: "not-driven", sparing: ["chosen"])
    try tree.pack()
    #expect(try tree.strings("not-driven", of: "/bus@0/device@1000") == ["a,device"])
    #expect(try tree.strings("not-driven", of: "/bus@0") == ["a,bus"])
    #expect(try tree.bytes("compatible", of: "/bus@0") == nil)
    // The root and what was spared.
    #expect(try tree.strings("compatible", of: .root)?.first == "cmalab,test")
    #expect(try tree.strings("compatible", of: "/chosen") == ["a,chosen"])
    // One more name, its end included, and what aligns it.
    #expect(0...16 ~= tree.blob.count - before.blob.count)
    // libfdt and the walk of this target both take it.
    try FlattenedTree(validating: tree.blob).readAll()
  }

  @Test func aNameThatIsTakenIsRefused() throws {
    var tree = try Self.tree()
    let error = #expect(throws: FDTError.self) {
      try tree.rename("compatible", to: "ranges", sparing: [])
    }
    #expect(error?.code == .exists)
  }

  @Test func aFreePhandleIsNoNodes() throws {
    var tree = try Self.tree()
    try tree.set("phandle", of: "/chosen", to: .cells([7]))
    #expect(try tree.freePhandle() == 8)
  }
}
