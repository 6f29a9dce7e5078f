// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GuestRequests
import MemoryRequests
import Quantities

/// The default pool to ask the kernel for, and in which way.
struct PoolOptions: GuestOptionGroup {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The pool to ask for, as in 3000M, 0x10000000, 0 for cma=0, 64M@0x10000000 or 64M@256M-1G, END "
        + "the first address past the range; none for no cma= (default: the board's own choice, "
        + "where no other way asks for one).",
      valueName: "SIZE[@START[-END]]|none"),
    transform: { try DefaultPoolChoice(parsing: $0) })
  var cma: DefaultPoolChoice?

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

  func apply(to request: inout GuestRequest) {
    if let cma { request.pools.choose(cma) }
    request.pools.via = via
    request.pools.deviceTree = dtsCMA
    request.pools.kconfig = kconfigCMA
  }
}

extension PoolWay: ExpressibleByArgument {}
