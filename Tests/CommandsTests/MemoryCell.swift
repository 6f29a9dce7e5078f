// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Records
import Testing

/// A way to ask for memory, or several, and what becomes of it on a real guest.
struct MemoryCell: Sendable, CustomTestStringConvertible {
  /// A node of reserved-memory.
  struct Region: Sendable {
    let node: String
    let kind: RegionOutcome.Kind
    var base: UInt64?

    init(_ node: String, _ kind: RegionOutcome.Kind, at base: UInt64? = nil) {
      self.node = node
      self.kind = kind
      self.base = base
    }
  }

  let arguments: [String]
  /// Device-tree source to merge in; nil for none.
  var fragment: String?
  let verdict: Verdict
  /// What makes the default pool by the kernel's rules.
  var winner: PoolWay?
  /// CmaTotal; nil where it differs between lines.
  var totalMebibytes: UInt64?
  /// Of `cma=` or Kconfig's; nil where there is none, or where it differs between lines.
  var base: UInt64?
  var regions: [Region] = []
  /// What the kernel complains of, each once.
  var complaints: [String] = []
  /// In the reason of the verdict.
  var words: [String] = []
  /// Lines that say nothing, or go on, where the others complain.
  var notOn: [String] = []

  var testDescription: String {
    (arguments + [fragment].compactMap(\.self)).joined(separator: " ")
  }

  /// A region in a reserved-memory that is as it should be, or has what stands in `format`.
  private static func tree(
    _ child: String, format: String = "#address-cells = <2>; #size-cells = <2>; ranges;"
  ) -> String {
    "/ { reserved-memory { \(format) \(child) }; };"
  }

  /// A pool that is called `bad`, with these properties.
  private static func pool(_ properties: String) -> String {
    "bad { compatible = \"shared-dma-pool\"; reusable; \(properties) };"
  }
}

// MARK: - Ways

extension MemoryCell {
  /// Each way alone, and what `cma=` can say.
  static let ways = [
    MemoryCell(
      arguments: ["--cma", "64M", "--via", "dts"], verdict: .pass, winner: .deviceTree,
      totalMebibytes: 64, regions: [Region("linux,cma", .pool)]),
    MemoryCell(
      arguments: ["--cma", "64M@0x40000000", "--via", "dts"], verdict: .pass, winner: .deviceTree,
      totalMebibytes: 64, regions: [Region("linux,cma@40000000", .pool, at: 0x4000_0000)]),
    MemoryCell(
      arguments: ["--cma", "64M@0x10000000-0x40000000", "--via", "dts"], verdict: .pass,
      winner: .deviceTree, totalMebibytes: 64,
      regions: [Region("linux,cma", .pool, at: 0x3c00_0000)]),
    MemoryCell(
      arguments: ["--cma", "32M", "--via", "kconfig"], verdict: .pass, winner: .kconfig,
      totalMebibytes: 32, base: 0xee00_0000),
    // A tenth of 4096 MiB are 409.6 MiB: rounded up to 4 MiB.
    MemoryCell(
      arguments: ["--kconfig-cma", "10%"], verdict: .pass, winner: .kconfig, totalMebibytes: 412),
    MemoryCell(
      arguments: ["--kconfig-cma", "min:32M,10%"], verdict: .pass, winner: .kconfig,
      totalMebibytes: 32),
    MemoryCell(
      arguments: ["--kconfig-cma", "max:32M,10%"], verdict: .pass, winner: .kconfig,
      totalMebibytes: 412),
    MemoryCell(arguments: ["--cma", "0"], verdict: .pass, totalMebibytes: 0),
    MemoryCell(
      arguments: ["--cma", "0x4000000"], verdict: .pass, winner: .commandLine, totalMebibytes: 64),
    MemoryCell(
      arguments: ["--cma", "64M@0x20000000"], verdict: .pass, winner: .commandLine,
      totalMebibytes: 64, base: 0x2000_0000),
    MemoryCell(
      arguments: ["--cma", "64M@256M-1G"], verdict: .pass, winner: .commandLine,
      totalMebibytes: 64, base: 0x3c00_0000),
    // Filled to the last byte: an address.
    MemoryCell(
      arguments: ["--cma", "64M@256M-320M"], verdict: .pass, winner: .commandLine,
      totalMebibytes: 64, base: 0x1000_0000),
  ]

  /// Every pair of ways, all three, and a winner that fails.
  static let pairs = [
    MemoryCell(
      arguments: ["--cma", "64M", "--dts-cma", "256M"], verdict: .pass, winner: .commandLine,
      totalMebibytes: 64, regions: [Region("linux,cma", .bypassed)],
      complaints: ["bypassed", "driver-refused"]),
    MemoryCell(
      arguments: ["--cma", "64M", "--kconfig-cma", "32M"], verdict: .pass, winner: .commandLine,
      totalMebibytes: 64),
    MemoryCell(
      arguments: ["--dts-cma", "256M@0x20000000", "--kconfig-cma", "32M"], verdict: .pass,
      winner: .deviceTree, totalMebibytes: 256,
      regions: [Region("linux,cma@20000000", .pool, at: 0x2000_0000)]),
    MemoryCell(
      arguments: ["--cma", "64M", "--dts-cma", "256M", "--kconfig-cma", "32M"], verdict: .pass,
      winner: .commandLine, totalMebibytes: 64, regions: [Region("linux,cma", .bypassed)],
      complaints: ["bypassed", "driver-refused"]),
    MemoryCell(
      arguments: ["--cma", "0", "--dts-cma", "256M", "--kconfig-cma", "32M"], verdict: .pass,
      totalMebibytes: 0, regions: [Region("linux,cma", .bypassed)],
      complaints: ["bypassed", "driver-refused"]),
    // 63 MiB are no multiple of 4, and a node is not rounded.
    MemoryCell(
      arguments: ["--dts-cma", "63M", "--kconfig-cma", "32M"], verdict: .fail,
      winner: .deviceTree, totalMebibytes: 32, regions: [Region("linux,cma", .refused)],
      complaints: ["pool-alignment", "driver-refused"],
      words: ["observed Kconfig's pool", "a region is not rounded as cma= is"]),
    MemoryCell(
      arguments: ["--dts-cma", "63M"], verdict: .fail, winner: .deviceTree, totalMebibytes: 0,
      regions: [Region("linux,cma", .refused)], complaints: ["pool-alignment", "driver-refused"],
      words: ["observed no default pool", "incorrect alignment of CMA region"]),
  ]
}

// MARK: - Regions

extension MemoryCell {
  static let regions = [
    MemoryCell(
      arguments: ["--cma", "64M", "--region", "name=a,size=64M,at=0x50000000,reusable,users=2"],
      verdict: .pass, winner: .commandLine, totalMebibytes: 128,
      regions: [Region("a@50000000", .pool, at: 0x5000_0000)]),
    MemoryCell(
      arguments: [
        "--cma", "64M", "--region",
        "name=a,size=8M,align=8M,within=0x40000000-0x4fffffff,reusable",
      ], verdict: .pass, winner: .commandLine, totalMebibytes: 72,
      regions: [Region("a", .pool, at: 0x4f80_0000)]),
    MemoryCell(
      arguments: [
        "--cma", "64M", "--region", "name=a,size=16M,at=0x50000000,no-map,compatible=none",
      ], verdict: .pass, winner: .commandLine, totalMebibytes: 64,
      regions: [Region("a@50000000", .carveOut, at: 0x5000_0000)]),
    MemoryCell(
      arguments: ["--cma", "64M", "--region", "name=a,size=16M,at=0x50000000,compatible=none"],
      verdict: .pass, winner: .commandLine, totalMebibytes: 64,
      regions: [Region("a@50000000", .reserved, at: 0x5000_0000)]),
    MemoryCell(
      arguments: ["--region", "name=a,size=64M,reusable,default,within=0x40000000+256M"],
      verdict: .pass, winner: .deviceTree, totalMebibytes: 64,
      regions: [Region("a", .pool, at: 0x4c00_0000)]),
    MemoryCell(
      arguments: ["--cma", "64M", "--memreserve", "0x50000000+1M"], verdict: .pass,
      winner: .commandLine, totalMebibytes: 64),
  ]
}

// MARK: - Refusals

extension MemoryCell {
  /// Of `cma=`: the pool is not there, and the kernel boots on.
  static let refusedPools = [
    MemoryCell(
      arguments: ["--cma", "64M@0x20100000"], verdict: .fail, winner: .commandLine,
      totalMebibytes: 0, complaints: ["base-alignment", "not-reserved"],
      words: ["must be aligned to 0x0000000000400000", "give an aligned address"]),
    MemoryCell(
      arguments: ["--cma", "30M@0x20000000"], verdict: .fail, winner: .commandLine,
      totalMebibytes: 0, complaints: ["limit", "not-reserved"],
      words: ["exceeds limit", "give a size that needs no rounding"]),
    MemoryCell(
      arguments: ["--cma", "64M@0x400000"], verdict: .fail, winner: .commandLine,
      totalMebibytes: 0, complaints: ["not-reserved"],
      words: ["its place is taken by "]),
    MemoryCell(
      arguments: ["--cma", "64M@0"], verdict: .fail, winner: .commandLine, totalMebibytes: 0,
      complaints: ["not-reserved"],
      words: ["largest hole 56 MiB, from device tree to its window"]),
    MemoryCell(
      arguments: ["--dts-cma", "64M@0x20000000", "--append", "cma"], verdict: .pass,
      winner: .deviceTree, totalMebibytes: 64,
      regions: [Region("linux,cma@20000000", .pool, at: 0x2000_0000)], complaints: ["no-value"]),
  ]

  /// Of nodes that the kernel cannot read.
  static let refusedNodes = [
    MemoryCell(
      arguments: ["--cma", "64M"],
      fragment: tree(
        "bad@50000000 { compatible = \"shared-dma-pool\"; reusable; reg = <0x50000000 0x4000000>; };",
        format: "#address-cells = <1>; #size-cells = <1>; ranges;"),
      verdict: .fail, winner: .commandLine, totalMebibytes: 64,
      regions: [Region("bad@50000000", .refused)], complaints: ["node-format"],
      words: ["unsupported node format", "#address-cells is 1, and the root's is 2"]),
    MemoryCell(
      arguments: ["--cma", "64M"],
      fragment: tree(
        pool("size = <0 0x4000000>;"), format: "#address-cells = <2>; #size-cells = <2>;"),
      verdict: .fail, winner: .commandLine, totalMebibytes: 64,
      regions: [Region("bad", .refused)], complaints: ["node-format"],
      words: ["unsupported node format", "/reserved-memory has no ranges"]),
    MemoryCell(
      arguments: ["--cma", "64M"],
      fragment: tree(
        "bad@50000000 { compatible = \"shared-dma-pool\"; reusable; reg = <0x50000000 0x4000000 0>; };"
      ),
      verdict: .fail, winner: .commandLine, totalMebibytes: 64,
      regions: [Region("bad@50000000", .refused)], complaints: ["reg-length"],
      words: ["reg is 3 cells long"], notOn: ["7.2", "7.3"]),
    MemoryCell(
      arguments: ["--cma", "64M"], fragment: tree(pool("size = <0x4000000>;")), verdict: .fail,
      winner: .commandLine, totalMebibytes: 64, regions: [Region("bad", .refused)],
      complaints: ["size-length"], words: ["size is 1 cells long"]),
    MemoryCell(
      arguments: ["--cma", "64M"],
      fragment: tree(pool("size = <0 0x4000000>; alignment = <0x400000>;")), verdict: .fail,
      winner: .commandLine, totalMebibytes: 64, regions: [Region("bad", .refused)],
      complaints: ["alignment-length"], words: ["alignment is 1 cells long"]),
  ]

  /// Of nodes that the kernel reads, and has no place or slot for.
  static let refusedRegions = [
    MemoryCell(
      arguments: ["--cma", "64M", "--region", "name=a,size=64M,reusable,within=0x0-0x1ffffff"],
      verdict: .fail, winner: .commandLine, totalMebibytes: 64, regions: [Region("a", .refused)],
      complaints: ["no-room"], words: ["failed to allocate memory for node 'a'", "widen"]),
    MemoryCell(
      arguments: [
        "--cma", "64M", "--region", "name=a,size=1M,at=0x0,no-map", "--kernel-at", "0x0",
      ], verdict: .fail,
      winner: .commandLine, totalMebibytes: 64, regions: [Region("a@0", .refused)],
      complaints: ["not-reserved"], words: ["failed to reserve memory for node 'a@0'"]),
    MemoryCell(
      arguments: ["--cma", "64M", "--region", "name=a,size=62M,at=0x50000000,reusable"],
      verdict: .fail, winner: .commandLine, totalMebibytes: 64,
      regions: [Region("a@50000000", .refused)], complaints: ["pool-alignment", "driver-refused"],
      words: ["incorrect alignment of CMA region"]),
    // Eight pools fit (seven on 6.12 and later), so ten are too many everywhere.
    MemoryCell(
      arguments: ["--cma", "0"]
        + (0..<10).flatMap { ["--region", "name=p\($0),size=4M,at=0x5\($0)000000,reusable"] },
      verdict: .fail, complaints: ["pool-slots", "pool-setup", "driver-refused"],
      words: ["Not enough slots", "CONFIG_CMA_AREAS"]),
    MemoryCell(
      arguments: [
        "--board", "jetson-nano", "--cma", "64M", "--region",
        "name=a,size=64M,at=0xfe000000,reusable",
      ], verdict: .fail, winner: .commandLine, regions: [Region("a@fe000000", .refused)],
      complaints: ["not-activated"], words: ["could not be activated", "crosses from one zone"]),
    MemoryCell(
      arguments: ["--cma", "64M"],
      fragment: tree(
        (0..<66).map { "r\($0)@\(hex($0)) { reg = <0 0x\(hex($0)) 0 0x1000>; };" }
          .joined(separator: " ")),
      verdict: .pass, winner: .commandLine, totalMebibytes: 64, complaints: ["region-slots"],
      // 6.12 allocates its list of regions since 6.12.103.
      notOn: ["6.12", "7.2", "7.3"]),
    MemoryCell(
      arguments: ["--cma", "64M"],
      fragment: tree(pool("size = <0 0x4000000>; alloc-ranges = <0x40000000 0x10000000>;")),
      verdict: .fail, winner: .commandLine, totalMebibytes: 64, regions: [Region("bad", .refused)],
      complaints: ["alloc-ranges-length"], words: ["alloc-ranges is 2 cells long"],
      notOn: ["7.2", "7.3"]),
  ]

  private static func hex(_ index: Int) -> String {
    String(0x5000_0000 + index * 0x2000, radix: 16)
  }

  /// Two regions with the same memory: the older lines die of it.
  static let overlap = MemoryCell(
    arguments: [
      "--cma", "64M", "--region", "name=a,size=64M,at=0x50000000,reusable", "--region",
      "name=b,size=64M,at=0x52000000,reusable",
    ], verdict: .fail, winner: .commandLine, complaints: ["overlap"])
}
