// SPDX-License-Identifier: Apache-2.0

import Advice
import DeviceTrees
import FlattenedTree
import GuestRequests
import MadeUpGuests
import MemoryRequests
import Quantities
import Records
import Testing

/// What lint says of a tree that nobody placed a kernel for.
@Suite struct TreeLintTests {
  private typealias Property = (name: String, value: PropertyValue)

  /// A tree with two address and two size cells.
  private static func tree(
    _ nodes: [(path: NodePath, properties: [Property])], hasReserved: Bool = true
  ) throws -> [UInt8] {
    var tree = try FlattenedTree()
    let cells: [Property] = [("#address-cells", .cells([2])), ("#size-cells", .cells([2]))]
    var all: [(path: NodePath, properties: [Property])] = [("/", cells)]
    if hasReserved { all.append(("/reserved-memory", cells + [("ranges", .flag)])) }
    for (path, properties) in all + nodes {
      if path != .root {
        let parent = path.text.split(separator: "/").dropLast().joined(separator: "/")
        let name = path.text.split(separator: "/").last.map(String.init) ?? ""
        try tree.addNode(name, under: NodePath("/\(parent)"))
      }
      for (name, value) in properties { try tree.set(name, of: path, to: value) }
    }
    return tree.blob
  }

  private static func memory(_ start: UInt32, _ size: UInt32) -> (NodePath, [Property]) {
    (
      NodePath("/memory@\(String(start, radix: 16))"),
      [("device_type", .string("memory")), ("reg", .cells([0, start, 0, size]))]
    )
  }

  private static func region(
    _ name: String, _ start: UInt32, _ size: UInt32, _ flags: [String] = ["no-map"]
  ) -> (NodePath, [Property]) {
    (
      NodePath("/reserved-memory/\(name)"),
      [("reg", .cells([0, start, 0, size]))] + flags.map { ($0, .flag) }
    )
  }

  private static func lint(
    _ blob: [UInt8], _ request: GuestRequest = GuestRequest()
  ) async throws -> LintReport {
    try await TreeLint(model: MadeUpModel()).report(
      on: blob, path: "x.dtb", request: request.applying(.pageSize(.fourKiB)))
  }

  private static func rules(
    _ blob: [UInt8], _ request: GuestRequest = GuestRequest()
  ) async throws -> [String] {
    try await lint(blob, request).findings.map { "\($0.severity.rawValue) \($0.rule)" }
  }

  @Test func firmwareAtTheStartOfRAMIsInNobodysWay() async throws {
    let report = try await Self.lint(
      Self.tree([
        Self.memory(0x6000_0000, 0x4000_0000), Self.region("tee@60000000", 0x6000_0000, 0x200_0000),
      ]))
    #expect(report.findings == [])
    #expect(report.assumptions.contains { $0.contains("is loaded at 0x62000000") })
  }

  /// All but what depends on RAM is looked at where the boot loader fills it in.
  @Test(arguments: [true, false])
  func aTreeWithoutRAMIsANoteAndItsRegionsAreLookedAt(_ hasPlaceholder: Bool) async throws {
    let nodes = [
      Self.region("wlan@86000000", 0x8600_0000, 0x8c0_0000),
      Self.region("ipa@8b700000", 0x8b70_0000, 0x1_0000),
    ]
    let placeholder = hasPlaceholder ? [Self.memory(0x8000_0000, 0)] : []
    let found = try await Self.rules(Self.tree(placeholder + nodes))
    #expect(Set(found) == ["note no-memory", "error overlap"])
    // Who says what the boot loader fills in has no note.
    var request = GuestRequest()
    request.banks = [PhysicalRange(at: 0x8000_0000, bytes: 2 << 30)].compactMap(\.self)
    #expect(try await Self.rules(Self.tree(placeholder + nodes), request) == ["error overlap"])
    request.banks = [PhysicalRange(at: 0xc000_0000, bytes: 1 << 30)].compactMap(\.self)
    #expect(
      Set(try await Self.rules(Self.tree(placeholder + nodes), request))
        == ["error overlap", "note region-outside-memory"])
  }

  @Test func whatIsAskedForBesideTheTreeCounts() async throws {
    let blob = try Self.tree([Self.memory(0x8000_0000, 0x4000_0000)], hasReserved: false)
    #expect(try await Self.rules(blob) == [])
    var request = GuestRequest()
    request.pools.asked = .init(bytes: .mebibytes(1000))
    #expect(try await Self.rules(blob, request) == ["error no-pool"])
  }

  @Test func banksThatOverlapAreTold() async throws {
    let report = try await Self.lint(
      Self.tree([
        Self.memory(0x8000_0000, 0x4000_0000), Self.memory(0x9000_0000, 0x1000_0000),
      ]))
    #expect(report.findings.map(\.rule.rawValue) == ["overlapping-banks"])
  }

  /// As on KeyStone 2: without LPAE a kernel has none of it, and a pool's address is cut to 32 bits.
  @Test func allRAMAbove4GiBMeansLPAE() async throws {
    func tree(_ high: UInt32) throws -> [UInt8] {
      try Self.tree([
        (
          NodePath("/memory@\(high)80000000"),
          [
            ("device_type", .string("memory")),
            ("reg", .cells([high, 0x8000_0000, 0, 0x4000_0000])),
          ]
        ),
        (
          "/reserved-memory/dsp",
          [
            ("compatible", .string("shared-dma-pool")), ("reusable", .flag),
            ("reg", .cells([high, 0x9f80_0000, 0, 0x80_0000])),
          ]
        ),
        ("/cpus", []), ("/cpus/cpu@0", [("compatible", .string("arm,cortex-a15"))]),
      ])
    }
    let words = "the kernel has LPAE, as all RAM is above 4 GiB"
    #expect(try await Self.lint(tree(8)).assumptions.contains(words))
    #expect(try await !Self.lint(tree(0)).assumptions.contains(words))
  }

  /// On-chip memory with a driver is not RAM, and to make RAM of it would harm.
  @Test func aMemoryNodeWithADriverIsNotRAM() async throws {
    let chip: (NodePath, [Property]) = (
      "/memory@1000000",
      [
        ("compatible", .strings(["syscon", "simple-mfd"])),
        ("reg", .cells([0, 0x100_0000, 0, 0x1000])),
      ]
    )
    #expect(try await Self.rules(Self.tree([Self.memory(0x8000_0000, 0x4000_0000), chip])) == [])
    let ram: (NodePath, [Property]) = (
      "/memory@1000000", [("reg", .cells([0, 0x100_0000, 0, 0x1000]))]
    )
    #expect(
      try await Self.rules(Self.tree([Self.memory(0x8000_0000, 0x4000_0000), ram]))
        == ["error memory-type"])
  }

  /// As in trees of boards with AT91 and i.MX6: the RAM is lost, another node's, or none.
  @Test(arguments: [
    (true, 0x8000_0000, 0x4000_0000, ["warning memory-type"]), (true, 0x8000_0000, 0, []),
    (true, 0x8000_0000, 0x8000_0000, ["error memory-type"]),
    (false, 0x8000_0000, 0x4000_0000, ["error memory-type", "note no-memory"]),
  ])
  func aMemoryNodeWithoutATypeIsWorthWhatItLoses(
    _ hasAnother: Bool, _ start: UInt32, _ bytes: UInt32, _ rules: [String]
  ) async throws {
    var (_, properties) = Self.memory(start, bytes)
    properties.removeAll { $0.name == "device_type" }
    let others = hasAnother ? [Self.memory(0x8000_0000, 0x4000_0000)] : []
    #expect(try await Self.rules(Self.tree(others + [("/memory@1", properties)])) == rules)
  }

  @Test(arguments: ["compatible", "phandle", "none"])
  func aRegionOutsideRAMThatSomethingUsesStays(_ use: String) async throws {
    var node = Self.region("ramoops@1000000", 0x100_0000, 0x1000, [])
    switch use {
    case "compatible": node.1.append(("compatible", .string("ramoops")))
    case "phandle": node.1.append(("phandle", .cells([1])))
    default: break
    }
    let report = try await Self.lint(Self.tree([Self.memory(0x8000_0000, 0x4000_0000), node]))
    let finding = try #require(report.findings.first)
    #expect(finding.rule.rawValue == "region-outside-memory")
    #expect(finding.remedy.hasPrefix("none where its driver expects it there") == (use != "none"))
  }

  @Test(
    arguments: [
      ("arm,cortex-a53", Architecture.arm64), ("arm,cortex-a7", .arm), ("arm,armv8", .arm64),
      ("arm,arm1176jzf-s", .arm), ("qcom,kryo385", .arm64), ("qcom,krait", .arm),
      ("marvell,sheeva-v7", .arm), ("arm,cortex-a55", .arm64),
    ])
  func theCoresSayWhatTheTreeIsFor(_ core: String, _ architecture: Architecture) async throws {
    let blob = try Self.tree(
      [
        Self.memory(0x8000_0000, 0x4000_0000), ("/cpus", []),
        ("/cpus/cpu@0", [("compatible", .string(core))]),
      ], hasReserved: false)
    #expect(try Architecture(of: FlattenedTree(validating: blob)) == architecture)
    var request = GuestRequest()
    request.kernel.pageSize = nil
    let report = try await TreeLint(model: MadeUpModel()).report(
      on: blob, path: "x.dtb", request: request)
    #expect(report.kernels.count == (architecture == .arm64 ? 3 : 1))
  }
}
