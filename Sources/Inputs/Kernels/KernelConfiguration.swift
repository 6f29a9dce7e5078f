// SPDX-License-Identifier: Apache-2.0

import HostFiles
package import MemoryRequests
import Quantities
package import SystemPackage

/// One option as a .config writes it.
package struct KernelOption: Hashable, Sendable, CustomStringConvertible {
  /// `CONFIG_CMA`.
  package let name: String
  /// `y`, `m`, `8`, `"text"`; nil for one that is not set.
  package let value: String?

  package var description: String {
    value.map { "\(name)=\($0)" } ?? "# \(name) is not set"
  }

  init(name: String, value: String?) {
    self.name = name
    self.value = value
  }

  /// Reads a line of a .config or a fragment; nil for a comment, a blank or anything else.
  package init?(line: Substring) {
    let offPrefix = "# "
    let offSuffix = " is not set"
    if line.hasPrefix("CONFIG_"), let equals = line.firstIndex(of: "=") {
      name = String(line[..<equals])
      let text = String(line[line.index(after: equals)...])
      // Kconfig reads `=n` and writes `is not set`.
      value = text == "n" ? nil : text
    } else if line.hasPrefix("# CONFIG_"), line.hasSuffix(offSuffix) {
      name = String(line.dropFirst(offPrefix.count).dropLast(offSuffix.count))
      value = nil
    } else {
      return nil
    }
    let isWord = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
    guard isWord else { return nil }
  }
}

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
