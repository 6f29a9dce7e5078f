// SPDX-License-Identifier: Apache-2.0

import Advice
import FlattenedTree
import KernelConsole
import MadeUpGuests
import Predictions
import Quantities
import Records
import Testing

@Suite struct LintTests {
  /// A tree of one bank from 0 with the given children of /reserved-memory.
  private static func tree(
    _ children: [(name: String, properties: [(String, [UInt32])], flags: [String])],
    bank: [UInt32] = [0, 0, 0, 0x4000_0000]
  ) throws -> FlattenedTree {
    var tree = try FlattenedTree()
    try tree.set("#address-cells", of: .root, to: .cells([2]))
    try tree.set("#size-cells", of: .root, to: .cells([2]))
    _ = try tree.addNode("memory@0", under: .root)
    try tree.set("device_type", of: "/memory@0", to: .strings(["memory"]))
    try tree.set("reg", of: "/memory@0", to: .cells(bank))
    let parent: NodePath = "/reserved-memory"
    _ = try tree.addNode("reserved-memory", under: .root)
    try tree.set("#address-cells", of: parent, to: .cells([2]))
    try tree.set("#size-cells", of: parent, to: .cells([2]))
    try tree.set("ranges", of: parent, to: .flag)
    for child in children {
      let node = parent.child(child.name)
      _ = try tree.addNode(child.name, under: parent)
      for (name, cells) in child.properties { try tree.set(name, of: node, to: .cells(cells)) }
      for flag in child.flags {
        if flag == "shared-dma-pool" {
          try tree.set("compatible", of: node, to: .strings([flag]))
        } else {
          try tree.set(flag, of: node, to: .flag)
        }
      }
    }
    return tree
  }

  private static func lint(
    _ tree: FlattenedTree, line: String = "6.1"
  ) throws -> [Finding] {
    let memory = try #require(
      EarlyMemory(blob: tree.blob, at: PhysicalAddress(0x60_0000), kernel: PhysicalAddress(0)))
    return try LintCase(
      kernel: line, facts: SampleKernel.facts(line), tree: tree, memory: memory,
      ground: .known
    ).findings()
  }

  private static let pool = ["shared-dma-pool", "reusable"]

  @Test func aSoundTreeHasNoFindings() throws {
    let sound = try Self.tree([
      ("a@10000000", [("reg", [0, 0x1000_0000, 0, 0x400_0000])], Self.pool),
      ("b", [("size", [0, 0x80_0000])], Self.pool),
    ])
    for line in KernelRules.all.map(\.line) {
      #expect(try Self.lint(sound, line: line).map(\.rule) == [])
    }
  }

  @Test func aFaultIsToldOnceByWhoKnowsMost() throws {
    let tree = try Self.tree([("p", [("reg", [0, 0x400_0000])], Self.pool)])
    #expect(try Self.lint(tree).map(\.rule.rawValue) == ["reg-for-size"])
    let message = try Self.lint(tree).first?.message
    #expect(message?.contains("invalid reg property in 'p'") == true)
    // 7.x skips it silently.
    let newest = try Self.lint(tree, line: "7.2")
    #expect(newest.map(\.rule.rawValue) == ["reg-for-size"])
    #expect(newest.first?.message == nil)
  }

  @Test func whatOnlyOtherPageSizesRefuseIsAWarning() throws {
    let tree = try Self.tree([
      ("a@10000000", [("reg", [0, 0x1040_0000, 0, 0x400_0000])], Self.pool)
    ])
    let memory = try #require(
      EarlyMemory(blob: tree.blob, at: PhysicalAddress(0x60_0000), kernel: PhysicalAddress(0)))
    var large = SampleKernel.facts()
    large.pageSize = 65_536
    large.largestOrder = 13
    large.pageblockOrder = 13
    let cases = [("4K", SampleKernel.facts()), ("64K", large)].map {
      LintCase(
        kernel: $0.0, facts: $0.1, tree: tree, memory: memory, ground: .assumedPlaces)
    }
    let findings = try cases.findings()
    let finding = try #require(findings.first { $0.rule == .said(.poolAlignment) })
    #expect(finding.severity == .warning)
    #expect(finding.kernels == ["64K"])
  }

  @Test func memoryThatDoesNotComeOutEven() throws {
    let odd = try Self.lint(Self.tree([], bank: [0, 0, 0, 0x4000_0000, 0]))
    let finding = try #require(odd.first { $0.rule.rawValue == "memory-length" })
    #expect(finding.place == .node(path: "/memory@0", property: "reg"))
    #expect(finding.problem.hasPrefix("20 bytes are not a whole number"))
    let even = try Self.lint(Self.tree([], bank: [0, 0, 0, 0x4000_0000, 1, 0, 0, 0x4000_0000]))
    #expect(!even.contains { $0.rule.rawValue == "memory-length" })
  }

  @Test func ramBeyondAllAddresses() throws {
    let bank: [UInt32] = [0, 0, 0, 0x4000_0000, 0x10_0000, 0, 0, 0x4000_0000]
    let finding = try #require(
      try Self.lint(Self.tree([], bank: bank)).first { $0.rule.rawValue == "wild-number" })
    #expect(finding.problem == "RAM at 0x10000000000000: no machine has 52 bits of addresses")
    #expect(finding.consequence == "the kernel ignores the bank")
  }

  @Test func twoNodesOfOnePhandle() throws {
    func findings(_ second: UInt32) throws -> [Finding] {
      try Self.lint(
        Self.tree([
          ("a@10000000", [("reg", [0, 0x1000_0000, 0, 0x400_0000]), ("phandle", [5])], []),
          ("b@20000000", [("reg", [0, 0x2000_0000, 0, 0x400_0000]), ("phandle", [second])], []),
        ])
      ).filter { $0.rule.rawValue == "duplicate-phandle" }
    }
    #expect(try findings(6).isEmpty)
    let problems = try findings(5).map(\.problem)
    #expect(problems.count == 1)
    #expect(problems.first?.hasPrefix("its phandle is that of /reserved-memory/") == true)
  }

  @Test func aReservationThatWraps() throws {
    func findings(_ byteCount: UInt64) throws -> [Finding] {
      var tree = try Self.tree([])
      try tree.add(MemoryReservation(address: .max - 0xfff, byteCount: byteCount))
      return try Self.lint(tree).filter { $0.rule.rawValue == "wrapping-reservation" }
    }
    #expect(try findings(0x1000).isEmpty, "it ends with the last address")
    #expect(
      try findings(0x1_0000).map(\.problem)
        == ["0x10000 bytes at 0xfffffffffffff000 end beyond 2^64"])
  }

  /// 66 MiB are not whole pageblocks: the region is refused, and freed with what else is in it.
  @Test func whatARefusedRegionTakesAlong() throws {
    func findings(_ reg: [UInt32]) throws -> [Finding] {
      try Self.lint(Self.tree([("p@200000", [("reg", reg)], Self.pool)]))
        .filter { $0.rule.rawValue == "given-away-reservation" }
    }
    let found = try #require(try findings([0, 0x20_0000, 0, 0x420_0000]).first)
    #expect(found.severity == .error)
    #expect(found.place == .node(path: "/reserved-memory/p@200000", property: "reg"))
    #expect(found.problem.contains("is refused, and has the device tree at 0x600000-"))
    #expect(try findings([0, 0x1000_0000, 0, 0x420_0000]).isEmpty)
  }

  /// A default region that cma= has the kernel give up, and that it maps for DMA all the same.
  @Test(arguments: [("6.1", false), ("6.12", true), ("7.2", false)])
  func whatA32BitKernelMapsThoughItIsGivenUp(line: String, isFatal: Bool) throws {
    let kernel = try #require(KernelRules.all.first { $0.line == line })
    let facts = KernelFacts(
      armRules: kernel,
      configuration: ["DMA_CMA": "y", "CMA_AREAS": "7", "HIGHMEM": "y"],
      image: ImageFacts(armSize: 4 << 20))
    let tree = try Self.tree([
      (
        "a", [("size", [0, 0x400_0000]), ("alloc-ranges", [0, 0x2000_0000, 0, 0x1000_0000])],
        Self.pool + ["linux,cma-default"]
      )
    ])
    var memory = try #require(
      EarlyMemory(blob: tree.blob, at: PhysicalAddress(0x60_0000), kernel: PhysicalAddress(0x8000)))
    memory.commandLine = "cma=32M"
    let found = try LintCase(
      kernel: line, facts: facts, tree: tree, memory: memory, ground: .known
    ).findings()
    #expect(found.contains { $0.rule.rawValue == "dma-remapping" } == isFatal)
    #expect(!found.contains { $0.rule.rawValue == "starved" })
  }

  /// What 32-bit ARM sets up with the tree, after its own pool and its mapping.
  @Test(arguments: [("6.1", false), ("6.12", true)])
  func whatA32BitKernelSetsUpLate(line: String, isLate: Bool) throws {
    let kernel = try #require(KernelRules.all.first { $0.line == line })
    let facts = KernelFacts(
      armRules: kernel,
      configuration: [
        "DMA_CMA": "y", "CMA_SIZE_SEL_MBYTES": "y", "CMA_SIZE_MBYTES": "16", "CMA_AREAS": "7",
        "HIGHMEM": "y",
      ], image: ImageFacts(armSize: 4 << 20))
    let tree = try Self.tree([
      (
        "a@10000000", [("reg", [0, 0x1000_0000, 0, 0x400_0000])],
        Self.pool + ["linux,cma-default"]
      ),
      ("b@20000000", [("reg", [0, 0x2000_0000, 0, 0xf000])], Self.pool),
    ])
    let memory = try #require(
      EarlyMemory(blob: tree.blob, at: PhysicalAddress(0x60_0000), kernel: PhysicalAddress(0x8000)))
    let found = try LintCase(
      kernel: line, facts: facts, tree: tree, memory: memory, ground: .known
    ).findings()
    func places(_ rule: String) -> [Finding.Place] {
      found.filter { $0.rule.rawValue == rule }.map(\.place)
    }
    func place(_ node: String, _ property: String) -> Finding.Place {
      .node(path: "/reserved-memory/\(node)", property: property)
    }
    #expect(places("late-default") == (isLate ? [place("a@10000000", "linux,cma-default")] : []))
    #expect(places("unmapped-memory") == (isLate ? [place("b@20000000", "reg")] : []))
  }

  /// Seen on a guest of 6.12.118: `Unable to handle kernel paging request`, in swiotlb_init.
  @Test(arguments: [("6.1", false), ("6.12", true), ("7.2", false)])
  func aRegionThatIsGivenBackUnmapped(line: String, isUnmapped: Bool) throws {
    let tree = try Self.tree([
      ("a@10000000", [("reg", [0, 0x1000_0000, 0, 0x400_0000])], Self.pool + ["no-map"])
    ])
    let found = try Self.lint(tree, line: line).filter { $0.rule.rawValue == "unmapped-memory" }
    #expect(
      found.map(\.problem)
        == (isUnmapped ? ["0x10000000-0x13ffffff leaves itself out of the mapping"] : []))
  }

  @Test func aPoolOverAMemreserve() throws {
    func findings(_ start: UInt64) throws -> [Finding] {
      var tree = try Self.tree([
        ("p@10000000", [("reg", [0, 0x1000_0000, 0, 0x400_0000])], Self.pool)
      ])
      try tree.add(MemoryReservation(address: start, byteCount: 0x1000))
      return try Self.lint(tree).filter { $0.rule.rawValue == "pool-over-memreserve" }
    }
    let found = try #require(try findings(0x1100_0000).first)
    #expect(found.problem == "0x10000000-0x13ffffff has the /memreserve/ of 0x11000000-0x11000fff")
    #expect(try findings(0x2000_0000).isEmpty)
  }

  /// Numbers of an untrusted tree may be anything; they cost a finding, never the process.
  @Test func wildNumbersAreSurvived() async throws {
    var random = SystemRandomNumberGenerator()
    let edges: [UInt32] = [0, 1, 0x1000, 0x1fff_ffff, 0x7fff_ffff, 0x8000_0000, .max - 0xfff, .max]
    func number() -> UInt32 { edges.randomElement(using: &random) ?? 0 }
    for _ in 0..<1000 {
      let regions = (0..<3).map { index in
        let isFixed = Bool.random(using: &random)
        let cells = (0..<4).map { _ in number() }
        var properties: [(String, [UInt32])] =
          isFixed
          ? [("reg", cells)] : [("size", [number(), number()]), ("alloc-ranges", cells)]
        if !isFixed, Bool.random(using: &random) {
          properties.append(("alignment", [number(), number()]))
        }
        let flags = ["shared-dma-pool", "reusable", "no-map", "linux,cma-default"].filter { _ in
          Bool.random(using: &random)
        }
        return (name: "r\(index)", properties: properties, flags: flags)
      }
      // One bank for the kernel, and one of any kind.
      let banks: [UInt32] = [0, 0, 0, 0x4000_0000] + (0..<4).map { _ in number() }
      let tree = try Self.tree(regions, bank: banks)
      for line in KernelRules.all.map(\.line) { _ = try Self.lint(tree, line: line) }
      await Task.yield()
    }
  }
}
