// SPDX-License-Identifier: Apache-2.0

import Quantities
import Records
import Testing
import Transcripts

/// A fault, the finding that it is, and what a guest shows of it.
struct LintCell: Sendable, CustomTestStringConvertible {
  enum Shown: Sendable {
    /// The kernel says what the finding says that it will.
    case itsMessage
    /// The guest's checks fail for this one.
    case failedCheck(Check.ID)
    case ending(Ending.Kind)
    /// The run fails, with these words in its reason.
    case failure(String)
    /// What becomes of a node.
    case region(String, RegionOutcome.Kind)
    /// A pool that ends above this address.
    case pool(beyond: UInt64)
    /// A pool over the place of initramfs or device tree.
    case poolOverBootFile
    /// The harness itself warns.
    case warning(String)
  }

  let rule: String
  let arguments: [String]
  var fragment: String?
  var place: String?
  var shown = Shown.itsMessage
  /// Nil for all.
  var lines: [String]?
  /// What only a guest that is started takes.
  var bootArguments: [String] = []

  var testDescription: String {
    "\(rule): \((arguments + [fragment ?? ""]).joined(separator: " "))"
  }

  /// Each cell with each of those lines that have its fault.
  static func all(on lines: [String]) -> [(line: String, cell: LintCell)] {
    lines.flatMap { line in
      (complaints + silent).filter { $0.lines?.contains(line) != false }.map { (line, $0) }
    }
  }

  private static let sound = "#address-cells = <2>; #size-cells = <2>; ranges;"

  private static func tree(_ child: String, _ format: String = sound) -> String {
    "/ { reserved-memory { \(format) \(child) }; };"
  }

  private static func pool(_ properties: String) -> String {
    "bad { compatible = \"shared-dma-pool\"; reusable; \(properties) };"
  }

  private static let some = ["--cma", "64M"]
  private static func region(_ text: String...) -> [String] {
    some + text.flatMap { ["--region", $0] }
  }

  // MARK: What the kernel complains of

  static let complaints = [
    LintCell(
      rule: "node-format", arguments: some,
      fragment: tree(
        pool("size = <0x4000000>;"), "#address-cells = <1>; #size-cells = <1>; ranges;"),
      place: "/reserved-memory:#address-cells"),
    LintCell(
      rule: "node-format", arguments: some,
      fragment: tree(pool("size = <0 0x4000000>;"), "#address-cells = <2>; #size-cells = <2>;"),
      place: "/reserved-memory:ranges"),
    LintCell(
      rule: "reg-length", arguments: some,
      fragment: tree("bad@50000000 { reg = <0x50000000 0x4000000 0>; };"),
      place: "/reserved-memory/bad@50000000:reg", lines: ["5.10", "6.1", "6.12"]),
    LintCell(
      rule: "size-length", arguments: some, fragment: tree(pool("size = <0x4000000>;")),
      place: "/reserved-memory/bad:size"),
    LintCell(
      rule: "alignment-length", arguments: some,
      fragment: tree(pool("size = <0 0x4000000>; alignment = <0x400000>;")),
      place: "/reserved-memory/bad:alignment"),
    LintCell(
      rule: "alloc-ranges-length", arguments: some,
      fragment: tree(pool("size = <0 0x4000000>; alloc-ranges = <0x40000000 0x10000000>;")),
      place: "/reserved-memory/bad:alloc-ranges", lines: ["5.10", "6.1", "6.12"]),
    LintCell(
      rule: "reg-entries", arguments: some,
      fragment: tree("v@50000000 { reg = <0 0x50000000 0 0x100000 0 0x60000000 0 0x100000>; };"),
      place: "/reserved-memory/v@50000000:reg", lines: ["6.12", "7.2", "7.3"]),
    LintCell(
      rule: "region-slots", arguments: some,
      fragment: tree(
        (0..<66).map { index in
          let address = String(0x5000_0000 + index * 0x2000, radix: 16)
          return "r\(index)@\(address) { reg = <0 0x\(address) 0 0x1000>; };"
        }.joined(separator: " ")), place: "/reserved-memory", lines: ["5.10", "6.1"]),
    LintCell(
      rule: "no-room", arguments: region("name=a,size=64M,reusable,within=0x0-0x1ffffff"),
      place: "--region a"),
    LintCell(
      rule: "not-reserved",
      arguments: region("name=a,size=1M,at=0x0,no-map") + ["--kernel-at", "0x0"],
      place: "--region a@0"),
    LintCell(
      rule: "overlap",
      arguments: region(
        "name=a,size=64M,at=0x50000000,reusable", "name=b,size=64M,at=0x52000000,reusable"),
      place: "--region a@50000000"),
    LintCell(
      rule: "pool-alignment", arguments: region("name=a,size=62M,at=0x50000000,reusable"),
      place: "--region a@50000000"),
    LintCell(
      rule: "pool-slots",
      arguments: ["--cma", "0"]
        + (0..<10).flatMap { ["--region", "name=p\($0),size=4M,at=0x5\($0)000000,reusable"] }),
    LintCell(
      rule: "bypassed", arguments: some + ["--dts-cma", "256M"], place: "--dts-cma"),
    LintCell(
      rule: "bypassed", arguments: region("name=a,size=64M,reusable,default"), place: "--region a"),
    LintCell(
      rule: "base-alignment", arguments: ["--cma", "64M@0x20100000"], place: "--cma, layout wide"),
    LintCell(rule: "limit", arguments: ["--cma", "30M@0x20000000"], place: "--cma, layout wide"),
    LintCell(
      rule: "memory-boundary", arguments: ["--board", "arm64-2g", "--cma", "64M@0x7e000000"],
      lines: ["5.10", "6.1", "6.12"]),
    LintCell(
      rule: "not-activated",
      arguments: [
        "--board", "jetson-nano", "--cma", "64M", "--region",
        "name=a,size=64M,at=0xfe000000,reusable",
      ], place: "--region a@fe000000"),
    LintCell(
      rule: "crash-kernel", arguments: ["--cma", "3000M", "--append", "crashkernel=1600M"],
      place: "--append, layout wide"),
    LintCell(rule: "no-pool", arguments: ["--layout", "stock", "--cma", "2046M"]),
    LintCell(rule: "rounded", arguments: ["--layout", "stock", "--cma", "2030M"]),
  ]

  // MARK: What the kernel does silently, or dies of

  static let silent = [
    LintCell(
      rule: "memory-type", arguments: some,
      fragment:
        "&{/memory@800000000} { /delete-property/ device_type; device-type = \"memory\"; };",
      place: "/memory@800000000:device-type", shown: .failedCheck(.layout(.systemRAM))),
    LintCell(
      rule: "no-memory", arguments: some,
      fragment: "&{/memory@800000000} { /delete-property/ device_type; };"
        + "&{/memory@0} { /delete-property/ device_type; };", place: "/", shown: .ending(.panicked),
      lines: ["6.1"]),
    LintCell(
      rule: "reg-for-size", arguments: some, fragment: tree(pool("reg = <0 0x4000000>;")),
      place: "/reserved-memory/bad:reg", lines: ["5.10", "6.1", "6.12"]),
    LintCell(
      rule: "reg-for-size", arguments: some + ["--kernel-at", "0x0"],
      fragment: tree(pool("reg = <0 0 0 0x4000000>;")),
      place: "/reserved-memory/bad:reg", shown: .failure("BUG: Bad page state"), lines: ["6.1"]),
    LintCell(
      rule: "exclusive-flags", arguments: region("name=a,size=64M,at=0x50000000,reusable,no-map"),
      place: "--region a@50000000", lines: ["5.10", "6.1", "6.12"]),
    LintCell(
      rule: "no-place", arguments: some, fragment: tree(pool("")),
      place: "/reserved-memory/bad", shown: .region("bad", .refused)),
    LintCell(
      rule: "wild-number", arguments: some,
      fragment: tree(
        "p@1 { compatible = \"shared-dma-pool\"; reusable; "
          + "reg = <0x50000000 0 0x4000000 0>; };"), place: "/reserved-memory/p@1:reg",
      shown: .ending(.timedOut), lines: ["6.1"], bootArguments: ["--timeout", "2"]),
    LintCell(
      rule: "default-twice",
      arguments: [
        "--region", "name=a,size=64M,reusable,default,within=0x0+2G", "--region",
        "name=b,size=32M,reusable,default,within=0x0+2G",
      ], place: "--region b"),
    LintCell(
      rule: "pool-outside-memory", arguments: region("name=a,size=64M,at=0x400000000,reusable"),
      place: "--region a@400000000", shown: .ending(.panicked), lines: ["6.1"]),
    LintCell(
      rule: "region-outside-memory",
      arguments: region("name=a,size=64M,at=0x400000000,no-map,compatible=none"),
      place: "--region a@400000000", shown: .region("a@400000000", .outside)),
    LintCell(
      rule: "pool-over-kernel",
      arguments: region("name=a,size=64M,at=0x0,reusable") + ["--kernel-at", "0x0"],
      place: "--region a@0", lines: ["6.1"]),
    LintCell(
      rule: "pool-over-boot-data",
      arguments: region("name=a,size=64M,at=0x50000000,reusable")
        + ["--initramfs-at", "0x50100000"],
      place: "--region a@50000000", shown: .poolOverBootFile),
    LintCell(
      rule: "pool-over-boot-data",
      arguments: region("name=a,size=64M,at=0x50000000,reusable") + ["--dtb-at", "0x50100000"],
      place: "--region a@50000000", shown: .poolOverBootFile),
    LintCell(
      rule: "dma-limit",
      arguments: [
        "--board", "rpi4", "--layout", "4g", "--region",
        "name=a,size=64M,at=0x50000000,reusable,default",
      ], place: "--region a@50000000", shown: .pool(beyond: 0x3fff_ffff)),
    LintCell(
      rule: "dma-mask",
      arguments: [
        "--layout", "stock", "--region", "name=a,size=64M,at=0x840000000,reusable,default",
      ], place: "--region a@840000000", shown: .pool(beyond: 0xffff_ffff)),
    LintCell(
      rule: "starved", arguments: ["--board", "arm64-2g", "--cma", "2000M"],
      lines: ["6.1", "6.12", "7.2", "7.3"]),
    LintCell(
      rule: "invented-ram", arguments: some + ["--layout", "wide"],
      shown: .warning("layout 'wide' has RAM at 0x80000000-0xefffffff")),
  ]
}
