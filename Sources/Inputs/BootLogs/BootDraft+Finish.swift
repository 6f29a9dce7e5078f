// SPDX-License-Identifier: Apache-2.0
import Quantities

extension BootDraft {
  /// The boot, once all its lines have come.
  func finished() -> LoggedBoot {
    var finished = boot
    if let parts = commandLine {
      finished.commandLine = Logged(
        .init(
          text: parts.text,
          isWhole: parts.isWhole && !edge.cuts(commandLineLength)),
        parts.lines)
    }
    finished.architecture = architecture
    finished.pageSize = pageSize(of: finished.architecture)
    let banks = banks
    finished.banks = banks
    let assembly = PoolAssembly(
      poolEvents, commandLine: finished.commandLine?.value, memory: finished.memory,
      zones: finished.zones)
    finished.namedRegions += assembly.coherentPools
    finished.seams = seams
    let checks = BaseChecks(
      self, finished.architecture?.value, banks: banks?.value, confirmed: assembly.confirmedBases)
    finished.pools = checks.checked(assembly.pools)
    return finished
  }

  /// From what only one of the two prints; a hint counts where nothing certain is there.
  private var architecture: Logged<Architecture>? {
    guard boot.otherArchitecture == nil else { return nil }
    for signs in [signs.filter(\.value.isCertain), signs] {
      guard let first = signs.first?.value.architecture else { continue }
      guard signs.allSatisfy({ $0.value.architecture == first }) else { return nil }
      return Logged(first, Array(signs.prefix(3).flatMap(\.lines)))
    }
    return nil
  }

  /// 32-bit ARM has no choice; else from what names it, or from memory in bytes and in pages.
  private func pageSize(of architecture: Logged<Architecture>?) -> Logged<PageSize>? {
    if let architecture, architecture.value == .arm {
      return Logged(.fourKiB, architecture.lines)
    }
    if let first = pageSizes.first {
      return pageSizes.allSatisfy { $0.value == first.value } ? first : nil
    }
    // What zonelists count may lack the memory map (up to 6.7), at most 64 bytes a page of 4 KiB.
    if let total = boot.memory, let built = builtPages, built.value > 0 {
      let perPage = total.value.total.bytes / built.value
      let fitting = PageSize.allCases.first { size in
        let bytes = size.size.bytes
        return bytes <= perPage && perPage < bytes + bytes / 16
      }
      guard let size = fitting else { return nil }
      return Logged(size, (built.lines + total.lines).sorted())
    }
    guard !nodePages.isEmpty, let banks else { return nil }
    let pages = nodePages.reduce(0) { $0 &+ $1.value }
    let bytes = banks.value.reduce(0) { $0 &+ $1.size.bytes }
    let fitting = PageSize.allCases.first { pages.scaled(by: $0.size.bytes) == bytes }
    guard let size = fitting else { return nil }
    return Logged(size, nodePages.flatMap(\.lines) + banks.lines)
  }
}
