// SPDX-License-Identifier: Apache-2.0
import FlattenedTree
import Testing

@Suite struct EditingTests {
  @Test func whatIsWrittenIsRead() throws {
    let written = try sampleTree()
    let tree = try FlattenedTree(validating: written.blob)
    #expect(tree == written)
    #expect(try tree.children(of: .root) == ["bus@0", "chosen"])
    #expect(try tree.children(of: "/bus@0") == ["device@1000"])
    #expect(try tree.properties(of: .root) == ["compatible", "#address-cells"])
    #expect(try tree.cell("#address-cells", of: .root) == 2)
    #expect(try tree.strings("compatible", of: .root) == ["cmalab,test", "linux,dummy-virt"])
    #expect(try tree.string("bootargs", of: "/chosen") == "console=ttyAMA0")
    #expect(try tree.number("linux,initrd-start", of: "/chosen") == 0x8_1234_5678)
    #expect(try tree.cells("linux,initrd-start", of: "/chosen") == [0x8, 0x1234_5678])
    #expect(try tree.bytes("ranges", of: "/bus@0") == [])
    #expect(try tree.bytes("reg", of: "/bus@0/device@1000") == [0, 0, 0x10, 0, 7])
    #expect(try tree.bytes("absent", of: "/chosen") == nil)
    #expect(
      try tree.memoryReservations() == [
        MemoryReservation(address: 0x8_0000_0000, byteCount: 0x1_0000)
      ])
  }

  @Test func moreReservationsThanAKernelHasSlotsForAreRefused() throws {
    var tree = try FlattenedTree()
    for index in 0..<UInt64(FlattenedTree.maximumReservationCount) {
      try tree.add(MemoryReservation(address: index << 12, byteCount: 1))
    }
    #expect(try tree.memoryReservations().count == FlattenedTree.maximumReservationCount)
    try tree.add(MemoryReservation(address: 0, byteCount: 1))
    let error = #expect(throws: FDTError.self) { try tree.memoryReservations() }
    #expect(error?.code == .tooManyReservations)
  }

  @Test func namesAreComparedWhole() throws {
    let tree = try sampleTree()
    #expect(try tree.hasNode("/bus@0") && !tree.hasNode("/bus"))
    #expect(try !tree.hasNode("/bus@0/device"))
    #expect(throws: FDTError.self) { try tree.hasNode("bus@0") }
  }

  @Test func aFirstStringListCanBeEmpty() throws {
    var tree = try FlattenedTree()
    try tree.set("none", of: .root, to: .strings([]))
    try tree.set("blank", of: .root, to: .strings(["", "a", ""]))
    #expect(try tree.strings("none", of: .root) == [])
    #expect(try tree.strings("blank", of: .root) == ["", "a", ""])
  }

  @Test func valuesAreReplacedAndRemoved() throws {
    var tree = try sampleTree()
    try tree.set("bootargs", of: "/chosen", to: .string("quiet"))
    #expect(try tree.string("bootargs", of: "/chosen") == "quiet")
    try tree.remove("bootargs", of: "/chosen")
    #expect(try tree.properties(of: "/chosen") == ["linux,initrd-start"])
    try tree.removeNode("/bus@0")
    #expect(try tree.children(of: .root) == ["chosen"])
    #expect(try !tree.hasNode("/bus@0/device@1000"))
  }

  @Test func roomGrowsAndIsGivenBack() throws {
    var tree = try FlattenedTree()
    for index in 0..<500 {
      let node = try tree.addNode("n@\(index)", under: .root)
      try tree.set("value", of: node, to: .cells([UInt32(index)]))
    }
    let roomy = tree.blob.count
    try tree.pack()
    #expect(tree.blob.count < roomy)
    let read = try FlattenedTree(validating: tree.blob)
    #expect(try read.children(of: .root) == (0..<500).reversed().map { "n@\($0)" })
    #expect(try read.cell("value", of: "/n@317") == 317)
  }

  @Test func theArm64BootProtocolBoundsIt() throws {
    var tree = try FlattenedTree()
    let half = [UInt8](repeating: 1, count: 1 << 20)
    try tree.set("first", of: .root, to: .bytes(half))
    let error = #expect(throws: FDTError.self) {
      try tree.set("second", of: .root, to: .bytes(half))
    }
    #expect(error?.code == .noSpace)
    #expect(error?.path == "/:second")
    #expect(error?.description.contains("FDT_ERR_NOSPACE") == true)
    // Whole after the refusal.
    #expect(try tree.properties(of: .root) == ["first"])
    #expect(try FlattenedTree(validating: tree.blob).bytes("first", of: .root) == half)
    let larger = #expect(throws: FDTError.self) {
      try tree.set("huge", of: .root, to: .bytes(half + half))
    }
    #expect(larger?.code == .tooLarge(bytes: 2 << 20))
  }
}

@Suite struct RefusalTests {
  /// Every refusal of an edit or a look-up that a caller can bring about, by its code.
  static let refusals: [(FDTError.Code, @Sendable (inout FlattenedTree) throws -> Void)] = [
    (.notFound, { _ = try $0.children(of: "/nowhere") }),
    (.notFound, { _ = try $0.properties(of: "/chosen/nowhere") }),
    (.notFound, { _ = try $0.bytes("bootargs", of: "/nowhere") }),
    (.notFound, { try $0.set("a", of: "/nowhere", to: .flag) }),
    (.notFound, { try $0.addNode("a", under: "/nowhere") }),
    (.notFound, { try $0.removeNode("/nowhere") }),
    (.notFound, { try $0.remove("absent", of: "/chosen") }),
    (.exists, { try $0.addNode("chosen", under: .root) }),
    (.exists, { try $0.addNode("bus", under: .root) }),
    (.badPath, { _ = try $0.children(of: "chosen") }),
    (.badPath, { _ = try $0.children(of: "/chosen/") }),
    (.badPath, { _ = try $0.children(of: "") }),
    (.badPath, { try $0.removeNode(.root) }),
    (.badName, { try $0.addNode("", under: .root) }),
    (.badName, { try $0.addNode("a/b", under: .root) }),
    (.badName, { try $0.addNode("a b", under: .root) }),
    (.badName, { try $0.addNode("caf\u{e9}", under: .root) }),
    (.badName, { try $0.addNode(String(repeating: "n", count: 256), under: .root) }),
    (.badName, { try $0.set("a\0b", of: .root, to: .flag) }),
    (.badName, { try $0.remove("", of: .root) }),
    (.badName, { _ = try $0.bytes("a\0b", of: .root) }),
    (.nulInString, { try $0.set("a", of: .root, to: .string("one\0two")) }),
    (.emptyReservation, { try $0.add(MemoryReservation(address: 1, byteCount: 0)) }),
    (
      .badValue(bytes: 5, wanted: "a multiple of 4"),
      { _ = try $0.cells("reg", of: "/bus@0/device@1000") }
    ),
    (.badValue(bytes: 5, wanted: "4"), { _ = try $0.cell("reg", of: "/bus@0/device@1000") }),
    (.badValue(bytes: 5, wanted: "4 or 8"), { _ = try $0.number("reg", of: "/bus@0/device@1000") }),
    (
      .badValue(bytes: 5, wanted: "NUL-terminated UTF-8 strings"),
      { _ = try $0.string("reg", of: "/bus@0/device@1000") }
    ),
    (.badValue(bytes: 29, wanted: "one string"), { _ = try $0.string("compatible", of: .root) }),
  ]

  @Test(arguments: refusals.indices)
  func everyRefusalIsTyped(index: Int) throws {
    let (code, attempt) = Self.refusals[index]
    var tree = try sampleTree()
    let before = tree
    let error = #expect(throws: FDTError.self) { try attempt(&tree) }
    #expect(error?.code == code)
    if let error, case .library = code { #expect(error.description.contains("FDT_ERR_")) }
    try tree.pack()
    #expect(tree == before, "a refused edit changes nothing")
  }

  @Test func aNumberWithoutNameIsStillSaid() {
    let error = FDTError(operation: "fdt_open_into", path: "/", code: .library(19))
    #expect(error.description.contains("19") || error.description.contains("FDT_ERR_ALIGNMENT"))
  }
}
