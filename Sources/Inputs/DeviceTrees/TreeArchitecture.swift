// SPDX-License-Identifier: Apache-2.0

package import FlattenedTree
package import Quantities

extension Architecture {
  /// What the CPUs of a tree run; nil where it names none that is known, and no timer of one either.
  ///
  /// A 64-bit core is arm64's, also where a 32-bit kernel could run on it.
  package init?(of tree: FlattenedTree) throws(FDTError) {
    let cores = try Self.cores(of: tree)
    if cores.contains(where: Self.is64Bit) {
      self = .arm64
      return
    }
    if cores.contains(where: Self.is32Bit) {
      self = .arm
      return
    }
    for name in try tree.children(of: .root) where name.hasPrefix("timer") {
      let compatible = try Self.compatible(NodePath.root.child(name), in: tree)
      if compatible.contains("arm,armv8-timer") {
        self = .arm64
        return
      }
      if compatible.contains("arm,armv7-timer") {
        self = .arm
        return
      }
    }
    return nil
  }

  private static func cores(of tree: FlattenedTree) throws(FDTError) -> [String] {
    let cpus: NodePath = "/cpus"
    guard try tree.hasNode(cpus) else { return [] }
    var cores: [String] = []
    for name in try tree.children(of: cpus) where name.hasPrefix("cpu@") || name == "cpu" {
      cores += try compatible(cpus.child(name), in: tree)
    }
    return cores
  }

  private static func compatible(
    _ node: NodePath, in tree: FlattenedTree
  ) throws(FDTError) -> [String] {
    (try tree.bytes("compatible", of: node) ?? []).split(separator: 0)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// ARMv8-A cores; those of Arm before them have one digit, or are among the first two-digit ones
  /// (Documentation/devicetree/bindings/arm/cpus.yaml).
  private static func is64Bit(_ core: String) -> Bool {
    if families64Bit.contains(where: core.hasPrefix) { return true }
    guard core.hasPrefix("arm,cortex-a"),
      let number = Int(core.dropFirst("arm,cortex-a".count).prefix(while: \.isNumber))
    else { return false }
    return number == 34 || number == 35 || number >= 50
  }

  private static let families64Bit = [
    "apm,", "apple,", "arm,armv8", "arm,cortex-x", "arm,neoverse", "brcm,brahma-b53",
    "brcm,vulcan", "cavium,", "nvidia,tegra", "qcom,kryo", "qcom,oryon", "samsung,mongoose",
  ]

  /// As ``is64Bit(_:)``: the cores before ARMv8, and ARMv8-A's one
  /// that has AArch32 alone.
  private static func is32Bit(_ core: String) -> Bool {
    cores32Bit.contains(core) || families32Bit.contains { core.hasPrefix($0) }
  }

  private static let cores32Bit: Set<String> = [
    "arm,cortex-a5", "arm,cortex-a7", "arm,cortex-a8", "arm,cortex-a9", "arm,cortex-a12",
    "arm,cortex-a15", "arm,cortex-a17", "arm,cortex-a32", "brcm,brahma-b15", "qcom,krait",
    "qcom,scorpion",
  ]

  private static let families32Bit = [
    "arm,arm1", "arm,arm7", "arm,arm9", "arm,cortex-m", "arm,cortex-r", "arm,sc000", "arm,sc300",
    "faraday,", "intel,",
    "marvell,",
  ]
}
