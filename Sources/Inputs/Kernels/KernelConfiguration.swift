// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import MemoryRequests
import Quantities
package import SystemPackage

/// What is asked of a kernel's configuration: fragments, the later ones over the earlier.
package struct KernelConfiguration: Hashable, Sendable {
  /// Every option once, with the value that was asked for last.
  package private(set) var options: [KernelOption] = []

  /// - Parameter fragments: files of `kernel-config`, in the order in which they apply.
  /// - Throws: `KernelError.badFragment`, `HostFileError`.
  package init(fragments: [FilePath]) throws {
    for fragment in fragments {
      let text = String(decoding: try HostFile.read(fragment, limit: 1 << 20), as: UTF8.self)
      for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .enumerated()
      {
        if let option = KernelOption(line: line) {
          set(option)
        } else if !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") {
          throw KernelError.badFragment(fragment, line: index + 1, text: String(line))
        }
      }
    }
  }

  package mutating func set(_ option: KernelOption) {
    options.removeAll { $0.name == option.name }
    options.append(option)
  }

  /// Sets the options of the default pool, over those of the fragments.
  package mutating func set(_ pool: KconfigPool) {
    remove(KconfigPool.optionNames)
    for option in pool.options { set(KernelOption(name: option.name, value: option.value)) }
  }

  /// Leaves out what the line does not have, and sets what stands for it there.
  mutating func adapt(to line: KernelLine) {
    remove(line.without)
    for option in line.with { set(option) }
  }

  package mutating func remove(_ names: [String]) {
    options.removeAll { names.contains($0.name) }
  }

  /// What it is asked to run on.
  var target: KernelTarget {
    isSet("CONFIG_ARCH_MULTI_V7") ? .arm(hasLPAE: isSet("CONFIG_ARM_LPAE")) : .arm64(pageSize)
  }

  /// The page size that is asked for (arch/arm64/Kconfig, "Page size"); 4 KiB where none is.
  private var pageSize: PageSize {
    if isSet("CONFIG_ARM64_16K_PAGES") { return .sixteenKiB }
    return isSet("CONFIG_ARM64_64K_PAGES") ? .sixtyFourKiB : .fourKiB
  }

  /// Whether the kernel's own checkers are asked for.
  var isDebug: Bool { isSet("CONFIG_KASAN") }

  /// Whether debug information is asked for.
  var hasDebugInfo: Bool { isSet("CONFIG_DEBUG_INFO") }

  /// Whether a machine of several nodes is provided for.
  var hasNodes: Bool { isSet("CONFIG_NUMA") }

  /// The default pool that is asked for.
  var pool: KconfigPool {
    KconfigPool { name in options.first { $0.name == name }?.value }
  }

  private func isSet(_ name: String) -> Bool {
    options.contains { $0.name == name && $0.value == "y" }
  }

  /// As the file that Kconfig's `KCONFIG_ALLCONFIG` reads.
  package var text: String { options.map { "\($0)\n" }.joined() }

  /// The options that a finished .config has not as they were asked for.
  package func lost(in config: String) -> [KernelOption] {
    var kept: [String: String] = [:]
    for line in config.split(whereSeparator: \.isNewline) {
      if let option = KernelOption(line: line) { kept[option.name] = option.value }
    }
    return options.filter { kept[$0.name] != $0.value }
  }
}
