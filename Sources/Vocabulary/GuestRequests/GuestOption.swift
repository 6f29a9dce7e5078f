// SPDX-License-Identifier: Apache-2.0

/// An option of `cmalab boot` that makes the guest, by its name without dashes; in the order in which
/// command lines are written.
package enum GuestOption: String, Hashable, Sendable, CaseIterable {
  case board
  case deviceTree = "dtb"
  case overlay
  case layout
  case bank
  case ram
  case kernel
  case kernelImage = "kernel-image"
  case kernelSource = "kernel-source"
  case defconfig
  case kernelConfig = "kernel-config"
  case imageSize = "image-size"
  case pageSize = "page-size"
  case lpae
  case debugKernel = "debug-kernel"
  case debugInfo = "debug-info"
  case kconfigAddition = "kconfig-add"
  case cma
  case via
  case deviceTreeCMA = "dts-cma"
  case kconfigCMA = "kconfig-cma"
  case region
  case memoryReservation = "memreserve"
  case fragment = "dts-append"
  case kernelAt = "kernel-at"
  case deviceTreeAt = "dtb-at"
  case initramfsAt = "initramfs-at"
  case initramfsSize = "initramfs-size"
  case cpus
  case append
  case traceMemory = "trace-memory"
  case test
  case timeout

  /// With its dashes.
  package var argument: String { "--\(rawValue)" }

  /// Whether it stands alone, without a value.
  package var isFlag: Bool {
    [.lpae, .debugKernel, .debugInfo, .traceMemory].contains(self)
  }

  /// Whether it may be given more than once.
  package var isRepeatable: Bool {
    [.overlay, .kconfigAddition, .bank, .region, .memoryReservation, .test].contains(self)
  }
}

/// Why a guest cannot be asked for so: the option, and what is wrong with it.
package struct GuestRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  package let option: GuestOption
  /// What is wrong and what to do, without the option's name.
  package let reason: String

  package init(_ option: GuestOption, _ reason: String) {
    self.option = option
    self.reason = reason
  }

  package var description: String { reason }
}
