// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// The CPUs that a guest gets: the board's own, unless they lack the kernel's page size.
package struct GuestCPU: Hashable, Sendable {
  /// QEMU's, with its properties.
  package let model: String

  /// - Parameters:
  ///   - wanted: the model that the board has.
  ///   - pageSize: the kernel's; nil where its image does not say.
  package init(_ wanted: String, pageSize: ByteCount?) {
    let name = wanted.prefix { $0 != "," }
    let lacksGranule = pageSize == .kibibytes(16) && Self.without16K.contains(String(name))
    model = lacksGranule ? Self.with16K : wanted
  }

  /// The `compatible` of such CPUs (Documentation/devicetree/bindings/arm/cpus.yaml).
  var compatible: String {
    model.hasPrefix("cortex-") ? "arm,\(model)" : "arm,armv8"
  }

  /// ID_AA64MMFR0_EL1.TGran16 is 0 in them: a kernel with 16 KiB pages would print nothing at all
  /// (their Technical Reference Manuals, AArch64 Memory Model Feature Register 0).
  private static let without16K: Set = ["cortex-a53", "cortex-a57", "cortex-a72"]

  /// The oldest core of QEMU 7.2 with every page size and EL2 (Cortex-A76 TRM, 5.1).
  private static let with16K = "cortex-a76"
}
