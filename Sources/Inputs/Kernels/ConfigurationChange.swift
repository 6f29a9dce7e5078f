// SPDX-License-Identifier: Apache-2.0
import MemoryRequests

/// An option that a kernel's own configuration has otherwise once a guest can boot it.
package struct ConfigurationChange: Hashable, Sendable {
  /// `CONFIG_DEBUG_FS`.
  package let name: String
  /// As a .config writes it; nil for one that is not set.
  package let before: String?
  /// What was asked for, `n` for off; nil of one that follows from others.
  package let asked: String?
  package let after: String?

  /// - Parameters:
  ///   - before: the finished .config without what is asked for.
  ///   - after: the finished .config with it.
  /// - Returns: what differs, and what is asked for in vain; what is asked for first, then by name.
  static func all(
    from before: String, to after: String, asking asked: KernelConfiguration
  ) -> [ConfigurationChange] {
    let (old, new) = (values(in: before), values(in: after))
    let wanted = Dictionary(
      uniqueKeysWithValues: asked.options.map { ($0.name, $0.value ?? "n") })
    let lost = Set(asked.lost(in: after).map(\.name))
    let names = Set(old.keys).union(new.keys).union(lost)
    return names.filter { old[$0] != new[$0] || lost.contains($0) }
      .sorted { (wanted[$0] == nil ? 1 : 0, $0) < (wanted[$1] == nil ? 1 : 0, $1) }
      .map { .init(name: $0, before: old[$0], asked: wanted[$0], after: new[$0]) }
  }

  private static func values(in config: String) -> [String: String] {
    var values: [String: String] = [:]
    for line in config.split(whereSeparator: \.isNewline) {
      if let option = KernelOption(line: line) { values[option.name] = option.value }
    }
    return values.filter { !isOfTools($0.key) }
  }

  /// What Kconfig finds out about the compiler is no choice.
  private static func isOfTools(_ name: String) -> Bool {
    ["CONFIG_CC_", "CONFIG_AS_", "CONFIG_LD_"].contains { name.hasPrefix($0) }
  }
}
