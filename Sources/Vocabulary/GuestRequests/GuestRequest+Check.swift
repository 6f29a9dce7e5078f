// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

extension GuestRequest {
  /// Refuses what contradicts itself or is out of range, whatever the board.
  package func check() throws(GuestRequestError) {
    try checkBoard()
    try checkPools()
    try checkKernel()
    if let cpuCount, !CPUCounts.ofGICv2.contains(cpuCount) {
      throw GuestRequestError(
        .cpus, "--cpus is \(cpuCount): the guest's interrupt controller serves 1 to 8")
    }
    guard places.initramfsSize.map({ Self.initramfsSizes ~= $0 }) ?? true else {
      throw GuestRequestError(.initramfsSize, "--initramfs-size is not 1 byte to 1 GiB")
    }
    guard timeout > 0, timeout <= Self.longestTimeout else {
      throw GuestRequestError(
        .timeout, "--timeout is \(timeout): give seconds, more than 0 and at most a day")
    }
    guard appended.unicodeScalars.allSatisfy({ (" "..."~").contains($0) }) else {
      throw GuestRequestError(
        .append, "--append has characters that no kernel command line has")
    }
    guard KernelParameters(appended).values(of: "cma").allSatisfy({ $0 == nil }) else {
      throw GuestRequestError(.append, "--append has cma=: give it as --cma, which is checked")
    }
  }

  private static let initramfsSizes = ByteCount(1)...ByteCount.mebibytes(1024)

  private func checkBoard() throws(GuestRequestError) {
    guard ram == nil || banks.isEmpty else {
      throw GuestRequestError(.ram, "--ram and --bank both say where RAM is: give one of them")
    }
    guard deviceTree != nil else {
      guard overlays.isEmpty else {
        throw GuestRequestError(
          .overlay, "--overlay is applied to a board's own tree: name it with --dtb")
      }
      return
    }
    guard board == Self.usualBoard else {
      throw GuestRequestError(.board, "--board and --dtb both say which board: give one of them")
    }
    guard layout == nil else {
      throw GuestRequestError(
        .layout,
        "--layout is of a board of cmalab's: with --dtb, other RAM is given with --ram or --bank")
    }
  }

  private func checkPools() throws(GuestRequestError) {
    guard !pools.isOmitted || pools.via == .commandLine else {
      throw GuestRequestError(
        .via, "--cma none asks for no pool: omit --via \(pools.via.rawValue)")
    }
    guard let asked = pools.asked else { return }
    switch pools.via {
    case .commandLine: break
    case .deviceTree where pools.deviceTree != nil:
      throw GuestRequestError(
        .via, "--via dts and --dts-cma both ask the device tree: give one of them")
    case .deviceTree: break
    case .kconfig where pools.kconfig != nil:
      throw GuestRequestError(
        .via, "--via kconfig and --kconfig-cma both ask Kconfig: give one of them")
    case .kconfig where asked.base != nil:
      throw GuestRequestError(.via, "Kconfig has no addresses: give --via kconfig a size alone")
    case .kconfig:
      do { _ = try KconfigPool(bytes: asked.bytes) } catch {
        throw GuestRequestError(.cma, "\(error)")
      }
    }
  }

  private func checkKernel() throws(GuestRequestError) {
    try checkConfiguration()
    guard kernel.imageSize == nil || kernel.configuration != nil else {
      throw GuestRequestError(.imageSize, "--image-size goes with --kernel-config")
    }
    if case .image = kernel.source {
      try checkNothingIsBuilt("--kernel-image is a kernel that is built")
      guard pools.kconfig == nil, pools.via != .kconfig else {
        throw GuestRequestError(
          .kernelImage, "an image has its configuration: omit --kconfig-cma and --via kconfig")
      }
    }
    if kernel.configuration != nil {
      try checkNothingIsBuilt("--kernel-config says how the kernel is built")
      guard values(of: .kernel).isEmpty else {
        throw GuestRequestError(
          .kernel, "--kernel-config says which kernel it is: omit --kernel")
      }
      guard pools.kconfig == nil, pools.via != .kconfig else {
        throw GuestRequestError(
          .kernelConfig, "--kernel-config sets its pool: omit --kconfig-cma and --via kconfig")
      }
    }
  }

  private func checkConfiguration() throws(GuestRequestError) {
    if kernel.defconfig != nil {
      guard case .tree = kernel.source else {
        throw GuestRequestError(
          .defconfig, "--defconfig is of a kernel's source tree: name that with --kernel-source")
      }
    }
    var names: Set<String> = []
    for name in kernel.additions.map(\.name) {
      guard names.insert(name).inserted else {
        throw GuestRequestError(
          .kconfigAddition, "--kconfig-add has \(name) more than once: give it once")
      }
      if let option = Self.option(setting: name) {
        throw GuestRequestError(
          .kconfigAddition, "--kconfig-add \(name): \(option.argument) sets it: give that")
      }
    }
  }

  /// The option that sets a symbol of Kconfig, of which more depends than the kernel's build; nil for
  /// one that no option sets.
  private static func option(setting name: String) -> GuestOption? {
    if KconfigPool.optionNames.contains(name) { return .kconfigCMA }
    switch name {
    case "CONFIG_ARM64_4K_PAGES", "CONFIG_ARM64_16K_PAGES", "CONFIG_ARM64_64K_PAGES":
      return .pageSize
    case "CONFIG_ARM_LPAE": return .lpae
    default: return nil
    }
  }

  /// Refuses what says how a kernel is to be built, where none is.
  private func checkNothingIsBuilt(_ reason: String) throws(GuestRequestError) {
    for option in [
      GuestOption.defconfig, .pageSize, .lpae, .debugKernel, .debugInfo, .kconfigAddition,
    ]
    where !values(of: option).isEmpty {
      throw GuestRequestError(option, "\(reason): omit \(option.argument)")
    }
  }
}
