// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Predictions
import Quantities

/// The kernel of a log, as the model needs it: from its .config where there is one, else from what
/// the log shows, and what is assumed besides.
struct AssumedKernel {
  let facts: KernelFacts
  /// The release whose rules these are.
  let rules: String
  /// Whether they are the release's own.
  let isKnown: Bool
  let assumptions: [String]
  /// What it is taken to be configured with, by name, without `CONFIG_`.
  let options: [String: String]
  /// What the running kernel occupies.
  let imageSize: ByteCount

  /// Sizes of pageblocks to try where the log does not tell: most kernels have huge pages.
  static let hugePageChoices = [true, false]

  /// - Parameters:
  ///   - configuration: options by name, without `CONFIG_`; nil where the .config is not known.
  ///   - hasHugePages: whether a huge page makes the pageblock, where no .config says so.
  /// - Returns: nil for a log without a release.
  init?(_ view: BoardView, configuration: [String: String]?, hasHugePages: Bool) {
    guard let release = view.release else { return nil }
    var assumptions: [String] = []
    let known = KernelRules(release: release)
    let rules = known ?? .oldest
    isKnown = known != nil
    if known == nil {
      assumptions.append("Linux \(release.line) treats early memory as \(rules.line) does")
    }
    self.rules = known == nil ? rules.line : release.description
    options = configuration ?? Self.options(view, hasHugePages: hasHugePages)
    if configuration == nil {
      assumptions.append(
        "a configuration as distributions have it"
          + (hasHugePages ? "" : ", without huge pages") + " (give .config with --kernel-config)")
    }
    let size = view.boot.memory?.value.kernel
    if size == nil { assumptions.append("an image of 32 MiB") }
    // Rounded as the sections of an image are.
    let bytes = ((size?.bytes ?? 32 << 20) + 0xffff) & ~0xffff
    imageSize = ByteCount(bytes)
    if view.boot.architecture?.value == .arm {
      facts = KernelFacts(
        armRules: rules, configuration: options, image: ImageFacts(armSize: bytes))
    } else {
      facts = KernelFacts(
        rules: rules, configuration: options, image: ImageFacts(size: bytes))
    }
    self.assumptions = assumptions
  }

  /// What the log's own lines need.
  private static func options(_ view: BoardView, hasHugePages: Bool) -> [String: String] {
    let boot = view.boot
    var options = [
      "DMA_CMA": "y", "SPARSEMEM_VMEMMAP": "y", "SWIOTLB": "y", "DMA_DECLARE_COHERENT": "y",
      "RODATA_FULL_DEFAULT_ENABLED": "y", "KEXEC_CORE": "y", "CRASH_RESERVE": "y",
      "CMA_AREAS": "19",
    ]
    switch boot.pageSize?.value {
    case .sixtyFourKiB: options["ARM64_64K_PAGES"] = "y"
    case .sixteenKiB: options["ARM64_16K_PAGES"] = "y"
    case .fourKiB, nil: options["ARM64_4K_PAGES"] = "y"
    }
    if hasHugePages { options["HUGETLB_PAGE"] = "y" }
    if boot.nodeData != nil { options["NUMA"] = "y" }
    // A zone that is configured is named, be it empty.
    let zones = Set(boot.zones.map(\.value.name))
    if boot.architecture?.value != .arm {
      if zones.isEmpty || zones.contains("DMA") { options["ZONE_DMA"] = "y" }
      if zones.isEmpty || zones.contains("DMA32") { options["ZONE_DMA32"] = "y" }
    } else {
      if zones.contains("HighMem") || boot.memory?.value.highMemory != nil {
        options["HIGHMEM"] = "y"
      }
      if boot.regions.contains(where: \.value.hasLongAddresses) { options["ARM_LPAE"] = "y" }
    }
    let asked = boot.pools.map(\.value).first(where: \.isOfConfiguration)
    options["CMA_SIZE_SEL_MBYTES"] = "y"
    options["CMA_SIZE_MBYTES"] = "\(asked?.size?.wholeMebibytes ?? 0)"
    return options
  }
}

extension LoggedBoot.Pool {
  /// Whether it is the one that the kernel's own configuration asks for.
  fileprivate var isOfConfiguration: Bool {
    switch kind {
    case .kconfig, .standard: name == nil
    default: false
    }
  }
}
