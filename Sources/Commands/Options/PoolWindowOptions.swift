// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GuestRequests
import MemoryRequests
import Quantities

/// Where a pool may lie whose size is looked for, and which way it is asked for.
struct PoolWindowOptions: GuestOptionGroup {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where to look for the pool, as in 64M@256M-1G; its size is what is looked for.",
      valueName: "SIZE@START[-END]"),
    transform: { try PoolRequest(parsing: $0) })
  var cma: PoolRequest?

  @Option(
    help: ArgumentHelp(
      "Whose size is looked for: cma= on the command line, or a linux,cma-default node of the device "
        + "tree, with the range of --cma for its alloc-ranges (cmdline, dts)."))
  var via: PoolWay = .commandLine

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The same as --cma with --via dts.", valueName: "SIZE@START[-END]"),
    transform: { try PoolRequest(parsing: $0) })
  var dtsCMA: PoolRequest?

  func validate() throws {
    for (option, pool) in [("--cma", cma), ("--dts-cma", dtsCMA)] {
      guard pool == nil || pool?.base != nil else {
        throw ValidationError(
          "\(option) has a size alone, which is what is looked for: omit it, or give "
            + "SIZE@START-END")
      }
    }
    guard cma == nil || dtsCMA == nil else {
      throw ValidationError("--cma and --dts-cma both say where to look: give one of them")
    }
    guard via != .kconfig else {
      throw ValidationError("the kernel places Kconfig's pool as it does that of cma=: omit --via")
    }
  }

  func apply(to request: inout GuestRequest) {
    request.pools.via = dtsCMA == nil ? via : .deviceTree
    request.pools.asked = cma ?? dtsCMA
    if request.pools.via == .deviceTree, request.pools.asked == nil {
      // A node, of whatever size, for one to be looked for.
      request.pools.asked = PoolRequest(bytes: .mebibytes(64))
    }
  }
}
