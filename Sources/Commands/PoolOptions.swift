// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Boards
import DeviceTrees
import Kernels
import MemoryRequests
import Quantities
import Runs
import SystemPackage

/// What memory to ask the kernel for, and in which way.
struct PoolOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The pool to ask for, as in 3000M, 0x10000000, 0 for none, 64M@0x10000000 or "
        + "64M@256M-1G (default: the board's own choice, where no other way asks for one).",
      valueName: "SIZE[@START[-END]]"),
    transform: { try PoolRequest(parsing: $0) })
  var cma: PoolRequest?

  @Option(
    help: ArgumentHelp(
      "Where --cma goes: cma= on the command line, a linux,cma-default node of the device tree, "
        + "or CONFIG_CMA_SIZE_MBYTES of the kernel."))
  var via: PoolWay = .commandLine

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A default pool in the device tree, beside --cma.", valueName: "SIZE[@START[-END]]"),
    transform: { try PoolRequest(parsing: $0) })
  var dtsCMA: PoolRequest?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "A default pool in the kernel's configuration, beside --cma; the kernel is built for it.",
      valueName: "SIZE|P%|min:SIZE,P%|max:SIZE,P%"),
    transform: { try KconfigPool(parsing: $0) })
  var kconfigCMA: KconfigPool?

  @Option(
    help: ArgumentHelp(
      "A region of reserved-memory; may be given more than once.",
      valueName: RegionArgument.syntax),
    transform: { try RegionArgument.region($0) })
  var region: [RequestedRegion] = []

  @Option(
    help: ArgumentHelp(
      "A /memreserve/ entry of the device tree; may be given more than once.",
      valueName: "START-END|START+SIZE"),
    transform: { try RegionFields.range(parsing: $0) })
  var memreserve: [PhysicalRange] = []

  @Option(
    help: ArgumentHelp(
      "Device-tree source to merge over the generated tree: it refers to nodes by path, as in "
        + "&{/reserved-memory}."))
  var dtsAppend: FilePath?

  func validate() throws {
    if via == .deviceTree, cma != nil, dtsCMA != nil {
      throw ValidationError("--via dts and --dts-cma both ask the device tree: give one of them")
    }
    if via == .kconfig, cma != nil, kconfigCMA != nil {
      throw ValidationError("--via kconfig and --kconfig-cma both ask Kconfig: give one of them")
    }
    if via == .kconfig, let cma, cma.base != nil {
      throw ValidationError("Kconfig has no addresses: give --via kconfig a size alone")
    }
  }

  /// The board's own choice where nothing else asks for a default pool.
  func settings(_ board: Board, _ layout: BoardLayout) throws -> PoolSettings {
    let isAsked =
      cma != nil || dtsCMA != nil || kconfigCMA != nil
      || (region + layout.reserved).contains(where: \.region.isLinuxCMADefault)
    let pool = cma ?? (isAsked ? nil : PoolRequest(bytes: board.defaults.cma))
    do {
      return PoolSettings(
        via: pool == nil ? (kconfigCMA != nil && dtsCMA == nil ? .kconfig : .deviceTree) : via,
        commandLine: via == .commandLine ? pool : nil,
        deviceTree: via == .deviceTree ? pool ?? dtsCMA : dtsCMA,
        kconfig: via == .kconfig
          ? try pool.map { try KconfigPool(bytes: $0.bytes) } ?? kconfigCMA : kconfigCMA)
    } catch let error as KconfigPoolError {
      throw ValidationError("\(error)")
    }
  }
}

extension PoolWay: ExpressibleByArgument {}
