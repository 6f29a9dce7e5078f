// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities
import Testing

@testable import Predictions

/// What another release does with pools, and by which rules.
@Suite struct UpgradeTests {
  private func upgrade(
    _ old: String, _ new: String, parameters: String = "", regions: [EarlyMemory.Node]? = nil
  ) throws -> Upgrade {
    let (old, new) = (try #require(KernelRelease(old)), try #require(KernelRelease(new)))
    let memory = KernelsOfOurs.memory(
      old.line, banks: KernelsOfOurs.single, parameters: parameters, regions: regions,
      kernelOffset: 2 << 20)
    return try Upgrade(
      from: KernelsOfOurs.facts(old.line, rules: #require(KernelRules(release: old))),
      to: KernelsOfOurs.facts(old.line, rules: #require(KernelRules(release: new))), with: memory
    ) { KernelFacts(rules: $1, configuration: $2, image: $0.image) }
  }

  private func names(_ upgrade: Upgrade) -> [[String]] {
    upgrade.pools.map { $0.rules.map(\.name) }
  }

  private let firmware = EarlyMemory.Node(
    name: "firmware", placement: .fixed([.init(start: 0, size: 0x8_0000)]), isNoMap: true)
  private let pool = EarlyMemory.Node(
    name: "linux,cma",
    placement: .dynamic(
      size: 64 << 20, alignment: nil, within: [.init(start: 0, size: 0x4000_0000)]),
    isSharedPool: true, isReusable: true, isDefault: true)

  @Test func aRuleMovesAPool() throws {
    let upgrade = try upgrade("6.12.10", "6.12.16", regions: [firmware, pool])
    #expect(upgrade.pools.map(\.kind) == [.moved])
    #expect(upgrade.pools.map(\.name) == ["linux,cma"])
    #expect(names(upgrade) == [["region-order"]])
  }

  @Test func nothingChangesByAnotherPointRelease() throws {
    let upgrade = try upgrade("6.1.100", "6.1.192", parameters: "cma=64M")
    #expect(upgrade.pools.map(\.kind) == [.same])
    #expect(names(upgrade) == [[]])
  }

  /// The option's number changed its meaning with 6.4, and no kernel its largest block.
  @Test func theLargestBlockStaysAsItIs() throws {
    let options = ["ARCH_FORCE_MAX_ORDER": "11"]
    let old = KernelsOfOurs.facts("6.1", options, rules: try rules("6.1.192"))
    let new = try rules("6.6.100")
    #expect(old.configuration(with: new)["ARCH_FORCE_MAX_ORDER"] == "10")
    let facts = KernelsOfOurs.facts("6.1", old.configuration(with: new), rules: new)
    #expect(facts.largestOrder == old.largestOrder)
    #expect(old.configuration(with: old.rules)["ARCH_FORCE_MAX_ORDER"] == "11")
    #expect(old.configuration(with: new)["FORCE_MAX_ZONEORDER"] == nil)
  }

  private func rules(_ release: String) throws -> KernelRules {
    let release = try #require(KernelRelease(release))
    return try #require(KernelRules(release: release))
  }

  /// The memory map comes first: what is left has no room for so much.
  @Test func aPoolIsGoneAndAppears() throws {
    let gone = try upgrade("5.10.35", "5.10.153", parameters: "cma=2016M")
    #expect(gone.pools.map(\.kind) == [.gone])
    #expect(names(gone).joined().contains("pool-time"))
    #expect(gone.after.refusal != nil)
    let new = try upgrade("5.10.153", "5.10.35", parameters: "cma=2016M")
    #expect(new.pools.map(\.kind) == [.new])
  }

  /// A pageblock of 2 MiB instead of the largest block's 4 MiB.
  @Test func aPoolShrinksAndGrows() throws {
    func kinds(_ old: String, _ new: String) throws -> [Upgrade.Change.Kind] {
      let (old, new) = (try #require(KernelRelease(old)), try #require(KernelRelease(new)))
      let huge = ["HUGETLB_PAGE": "y"]
      let upgrade = try Upgrade(
        from: KernelsOfOurs.facts("6.1", huge, rules: #require(KernelRules(release: old))),
        to: KernelsOfOurs.facts("6.1", huge, rules: #require(KernelRules(release: new))),
        with: KernelsOfOurs.memory("6.1", banks: KernelsOfOurs.wide, parameters: "cma=30M")
      ) { KernelFacts(rules: $1, configuration: $2, image: $0.image) }
      #expect(upgrade.pools.map(\.options) == [[]])
      #expect(names(upgrade).joined().contains("largest-order-aligns"))
      return upgrade.pools.map(\.kind)
    }
    #expect(try kinds("5.15.100", "6.1.192") == [.shrunk])
    #expect(try kinds("6.1.192", "5.15.100") == [.grown])
  }

  /// With huge pages, a pageblock has 2 MiB; what else differs makes no difference.
  @Test func anOptionMakesADifference() throws {
    func change(_ old: [String: String?], _ new: [String: String?]) throws -> Upgrade.Change {
      let upgrade = try Upgrade(
        from: KernelsOfOurs.facts("6.1", old, rules: rules("6.1.192")),
        to: KernelsOfOurs.facts("6.1", new, rules: rules("6.12.118")),
        with: KernelsOfOurs.memory("6.1", banks: KernelsOfOurs.wide, parameters: "cma=30M")
      ) { KernelFacts(rules: $1, configuration: $2, image: $0.image) }
      return try #require(upgrade.pools.first)
    }
    let huge = try change(["SOUND": "y"], ["HUGETLB_PAGE": "y", "CMA_AREAS": "20"])
    #expect(huge.kind == .shrunk)
    #expect(huge.options == ["HUGETLB_PAGE"])
    let small = try change(["HUGETLB_PAGE": "y"], ["NET": "y"])
    #expect(small.kind == .grown)
    let same = try change(["SOUND": "y"], ["NET": "y"])
    #expect(same.kind == .same && same.options == [])
  }

  /// What is one number in two releases is no difference of their configurations.
  @Test func theLargestBlocksNumberIsNoOptionOfItsOwn() throws {
    let upgrade = try Upgrade(
      from: KernelsOfOurs.facts("6.1", ["ARCH_FORCE_MAX_ORDER": "11"], rules: rules("6.1.192")),
      to: KernelsOfOurs.facts("6.1", ["ARCH_FORCE_MAX_ORDER": "10"], rules: rules("6.6.100")),
      with: KernelsOfOurs.memory("6.1", banks: KernelsOfOurs.wide, parameters: "cma=30M")
    ) { KernelFacts(rules: $1, configuration: $2, image: $0.image) }
    #expect(upgrade.pools.map(\.options) == [[]])
  }
}
