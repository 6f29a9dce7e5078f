// SPDX-License-Identifier: Apache-2.0
import Records

/// What the first finding of a boot has to be about, in this project's words: of a case's cause and
/// remedy the meaning counts.
struct Meaning: Sendable {
  /// The finding's kind.
  let id: String
  /// What the cause has to name.
  let names: [String]
  /// What the remedy has to say.
  let remedy: String

  init(_ id: String, _ names: [String], remedy: String) {
    self.id = id
    self.names = names
    self.remedy = remedy
  }

  /// By case, of its only boot or of its first one; a case that is not here has nothing wrong.
  static let all: [String: Meaning] = [
    "a527-72-pool-over-secure-monitor": Meaning(
      "pool-over-unmapped", ["0x43000000-0x4affffff", "no-map", "faulted"],
      remedy: "End the pool below 0x48000000 (80 MiB at 0x43000000 fit)"),
    "ast2500-515-ignoring-ram": Meaning(
      "ignored-ram", ["Nothing is wrong with the pools", "0x98000000-0x9bffffff", "no-map"],
      remedy: "None is needed"),
    "imx6ull-41-node-too-large": Meaning(
      "node-refused", ["'linux,cma' of 320 MiB cannot fit in 256 MiB"], remedy: "96 MiB serve"),
    "kunpeng-419-64k-crashkernel-low": Meaning(
      "default-pool-refused", ["64 KiB pages", "512 MiB", "crash kernel", "below 4 GiB"],
      remedy: "cma=0"),
    "msm8953-49-three-nodes": Meaning(
      "property", ["mem_dump_region", "size", "pools that the log shows are as asked"],
      remedy: "Write size in the root's number of cells"),
    "rk3588-611-drives-eat-the-pool-journal": Meaning(
      "allocation-failed", ["host memory buffer", "8192 pages", "default pool"],
      remedy: "cma=256M"),
    "rpi3-419-framebuffer-does-not-fit": Meaning(
      "allocation-failed", ["2025 pages", "2048 pages in all", "taken some of them before"],
      remedy: "cma=64M"),
    "rpi4-515-cma-bypasses-node": Meaning(
      "bypassed", ["takes precedence over linux,cma-default", "4 MiB"],
      remedy: "Take cma= off the command line"),
    "rpi4-8g-510-busy-pages": Meaning(
      "allocation-failed", ["-16", "-12", "8100 pages", "neither whole nor movable"],
      remedy: "larger pool"),
    "server-414-without-cma": Meaning(
      "no-pool", ["nothing asked for a pool (no cma=, no node, no default size"], remedy: "cma=SIZE"
    ),
    "sm1-515-secmon-refused-syslog": Meaning(
      "region-refused", ["secmon@5000000", "boot loader", "no-map"],
      remedy: "Let one of the two tell of the region"),
    "stingray-55-pool-over-zone-dma": Meaning(
      "not-activated", ["both sides of 0xc0000000", "DMA"],
      remedy: "cma=512M), or give the place: cma=1G@0xc0000000"),
    "zcu106-414-two-boots-2048-and-1900": Meaning(
      "default-pool-refused", ["Below 4 GiB", "2047 MiB", "2048 MiB"], remedy: "Ask for less"),
  ]

  /// What a boot says otherwise; empty where all of it is there.
  func differences(from boot: ExplainedBoot) -> [String] {
    guard let finding = boot.findings.first else { return ["there is no finding"] }
    var differences: [String] = []
    if finding.id.rawValue != id { differences.append("the finding is \(finding.id.rawValue)") }
    differences += names.filter { !finding.cause.contains($0) }.map { "no '\($0)' in the cause" }
    if !finding.remedy.contains(remedy) { differences.append("no '\(remedy)' in the remedy") }
    return differences
  }
}
