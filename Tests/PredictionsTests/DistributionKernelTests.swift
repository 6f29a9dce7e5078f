// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Testing

/// What distributions' configurations have that cmalab's own do not.
@Suite struct DistributionKernelTests {
  /// As Debian's 6.12 and 7.2 for arm64 are configured.
  private static let distribution: [String: String?] = [
    "NUMA": "y", "NODES_SHIFT": "4", "ZONE_DEVICE": "y", "KFENCE": "y",
    "KFENCE_SAMPLE_INTERVAL": "0", "ARM64_VA_BITS": "52", "ARM64_PA_BITS": "52", "ARM64_LPA2": "y",
    "RODATA_FULL_DEFAULT_ENABLED": "y", "TRANSPARENT_HUGEPAGE": "y", "HUGETLB_PAGE": "y",
  ]

  private func prediction(
    _ line: String, _ changes: [String: String?] = [:], banks: [(UInt64, UInt64)],
    parameters: String = "cma=256M"
  ) -> Prediction {
    let facts = KernelsOfOurs.facts(line, Self.distribution.merging(changes) { $1 })
    return Prediction(
      of: facts, with: KernelsOfOurs.memory(line, banks: banks, parameters: parameters))
  }

  /// The node's data lie in the bank that the pool does not.
  @Test(arguments: ["6.1", "6.12", "7.2"])
  func nodeDataAreNoReasonToBeSilent(line: String) throws {
    let predicted = prediction(line, banks: KernelsOfOurs.stock)
    #expect(predicted.unknown == nil)
    #expect(predicted.pools.map(\.range.size) == [.mebibytes(256)])
    #expect(predicted.reservations.contains { $0.owner == .nodeData })
  }

  /// sizeof(pg_data_t) of guests with Debian's kernels, as `NODE_DATA` in their logs says.
  @Test(
    arguments: [("6.1", "n", 11_392), ("6.12", "y", 14_144), ("7.2", "y", 14_336)]
      as [(String, String, UInt64)])
  func theBoundsHoldWhatWasMeasured(line: String, zoneDevice: String, bytes: UInt64) throws {
    let changes = ["ZONE_DEVICE": zoneDevice]
    let facts = KernelsOfOurs.facts(line, Self.distribution.merging(changes) { $1 })
    #expect(try #require(facts.nodeDataBytes).contains(bytes))
    #expect(KernelsOfOurs.facts(line).nodeDataBytes == nil)
  }

  /// A kernel that says how large its structures are leaves nothing open.
  @Test func aKnownSizeIsTaken() {
    for end in stride(from: 0x4000_0000 as UInt64, to: 0x4020_0000, by: 0x1000) {
      var facts = KernelsOfOurs.facts("6.12", Self.distribution)
      facts.refine { $0 == "pglist_data" ? 14_140 : nil }
      let predicted = Prediction(
        of: facts,
        with: KernelsOfOurs.memory("6.12", banks: [(0, end)], parameters: "cma=256M"))
      #expect(predicted.unknown == nil)
      #expect(
        predicted.reservations.filter { $0.owner == .nodeData }.map(\.range.size.bytes) == [14_144])
    }
  }

  /// Until 6.11 the distances between all nodes that there could be are a page above the node's data.
  @Test(arguments: ["5.10", "6.1"])
  func distancesOfNodesThatAreNotThereTakeMemory(line: String) throws {
    var facts = KernelsOfOurs.facts(line, Self.distribution)
    facts.refine { $0 == "pglist_data" ? 11_392 : nil }
    let predicted = Prediction(
      of: facts,
      with: KernelsOfOurs.memory(line, banks: [(0, 0x4000_0000)], parameters: "cma=256M"))
    let taken = predicted.reservations.filter { $0.owner == .nodeData }
    #expect(taken.map(\.range.size.bytes) == [11_392 + 16 * 16] as [UInt64])
    let table = try #require(taken.first).range.start.value + 11_392
    #expect(table.isMultiple(of: 4096))
  }

  /// A bank that ends where the data's size decides on which side of an alignment's boundary the pool
  /// begins.
  @Test func whatTheSizeDecidesIsNotPredicted() throws {
    let ends = stride(from: 0x4000_0000 as UInt64, to: 0x4020_0000, by: 0x1000)
    let unknown = ends.compactMap { prediction("6.1", banks: [(0, $0)]).unknown }
    #expect(!unknown.isEmpty)
    #expect(unknown.count < 40)
    for reason in unknown {
      #expect(reason.hasPrefix("CONFIG_NUMA, whose node data take "), "\(reason)")
      #expect(reason.hasSuffix(", and that makes a difference here"), "\(reason)")
    }
  }

  /// QEMU's machines raspi3b and xlnx-zcu102 with Debian's 6.1.192-2, each with its tree of Linux 6.1: what
  /// their logs say of the node's data, and of the pools for ten values of cma=.
  private static let native: [(end: UInt64, data: ClosedRange<UInt64>, pools: [UInt64: UInt64])] = [
    (
      0x3c00_0000, 0x3be0_4380...0x3be0_6fff,
      [
        16: 0x39c0_0000, 48: 0x37c0_0000, 64: 0x36c0_0000, 100: 0x3480_0000, 128: 0x32c0_0000,
        256: 0x2ac0_0000, 320: 0x26c0_0000, 448: 0x1ec0_0000, 512: 0x1ac0_0000,
        640: 0x12c0_0000,
      ]
    ),
    (
      0x8000_0000, 0x7fbc_8380...0x7fbc_afff,
      [
        16: 0x7ca0_0000, 64: 0x79a0_0000, 100: 0x7760_0000, 256: 0x6da0_0000, 320: 0x69a0_0000,
        512: 0x5da0_0000, 768: 0x4da0_0000, 1000: 0x3f20_0000, 1280: 0x2da0_0000,
        1536: 0x1da0_0000,
      ]
    ),
  ]

  @Test func whatIsAboveKnownNodeDataIsTaken() throws {
    for machine in Self.native {
      for (mebibytes, base) in machine.pools {
        let facts = KernelsOfOurs.facts(
          "6.1", Self.distribution.merging(["ZONE_DEVICE": "n"]) { $1 })
        var memory = KernelsOfOurs.memory(
          "6.1", banks: [(0, machine.end)], parameters: "cma=\(mebibytes)M")
        memory.nodeData = PhysicalRange(
          start: PhysicalAddress(machine.data.lowerBound),
          last: PhysicalAddress(machine.data.upperBound))
        let predicted = Prediction(of: facts, with: memory)
        #expect(predicted.unknown == nil)
        #expect(predicted.pools.map(\.range.start.value) == [base], "cma=\(mebibytes)M")
      }
    }
  }

  @Test func severalNodesAreNotPredicted() throws {
    let facts = KernelsOfOurs.facts("6.12", Self.distribution)
    var memory = KernelsOfOurs.memory("6.12", banks: KernelsOfOurs.stock)
    memory.tree.hasNUMANodes = true
    let unknown = try #require(Prediction(of: facts, with: memory).unknown)
    #expect(unknown.hasPrefix("CONFIG_NUMA with a tree of several nodes"))
  }

  /// Its pool is taken before the linear map is made, and that may have blocks then.
  @Test(arguments: [("6.1", 63 as UInt64), ("6.12", 255), ("7.2", 127)])
  func aCheckerThatStartsByItselfHasItsPool(line: String, objects: UInt64) throws {
    let changes = ["KFENCE_SAMPLE_INTERVAL": "100", "KFENCE_NUM_OBJECTS": "\(objects)"]
    let predicted = prediction(line, changes, banks: KernelsOfOurs.stock)
    #expect(predicted.unknown == nil)
    let pools = predicted.reservations.filter { $0.owner == .fencePool }
    #expect(pools.map(\.range.size.bytes) == [(objects + 1) * 2 * 4096])
    #expect(
      prediction(line, banks: KernelsOfOurs.stock).reservations.allSatisfy {
        $0.owner != .fencePool
      })
  }

  /// Until 6.1.64 that is behind the pools, and all is mapped by pages.
  @Test func anOlderCheckerHasItsPoolLater() throws {
    let changes = ["KFENCE_SAMPLE_INTERVAL": "100"]
    let predicted = prediction("5.10", changes, banks: KernelsOfOurs.stock)
    #expect(predicted.reservations.allSatisfy { $0.owner != .fencePool })
    for (patch, isEarly) in [(64, false), (65, true)] {
      let release = KernelRelease(major: 6, minor: 1, patch: patch)
      #expect(KernelRules(release: release)?.takesFencePoolEarly == isEarly)
    }
  }

  @Test func aCheckerOfTheCommandLineIsNotPredicted() throws {
    let asked = prediction(
      "6.12", banks: KernelsOfOurs.stock, parameters: "cma=64M kfence.sample_interval=100")
    #expect(asked.unknown == "the parameter 'kfence.sample_interval' is not modelled")
  }

  /// A kernel for 52 bits on CPUs for 48.
  @Test func widerAddressesAreTheCPUsToHave() throws {
    let wide = KernelsOfOurs.facts("6.12", Self.distribution)
    let usual: [String: String?] = [
      "ARM64_VA_BITS": "48", "ARM64_PA_BITS": "48", "ARM64_LPA2": nil,
    ]
    let narrow = KernelsOfOurs.facts("6.12", Self.distribution.merging(usual) { $1 })
    let memory = KernelsOfOurs.memory("6.12", banks: KernelsOfOurs.single, parameters: "cma=64M")
    let predicted = Prediction(of: wide, with: memory)
    #expect(predicted.reservations == Prediction(of: narrow, with: memory).reservations)
    #expect(predicted.assumptions == ["the CPUs have no 52-bit addresses (FEAT_LPA2, FEAT_LVA)"])
  }

  /// CONFIG_PAGE_EXTENSION makes the sections' table twice as large: in a guest of Debian's 6.1 with one bank,
  /// a pool lay 2 MiB lower for it.
  @Test func aSectionsDescriptionMayBeLarger() throws {
    func table(_ value: String?) throws -> UInt64 {
      let predicted = prediction("6.1", ["PAGE_EXTENSION": value], banks: KernelsOfOurs.single)
      let map = predicted.reservations.filter { $0.owner == .memoryMap }
      return map.reduce(0) { $0 + $1.range.size.bytes }
    }
    // 2^48 bytes are 2^21 sections, in roots of 256 or of 128, a pointer each.
    #expect(try table("y") == table(nil) + (64 << 10))
  }
}
