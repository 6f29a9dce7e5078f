// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GuestRequests
import MemoryRequests

/// Where a pool may lie whose size is looked for.
struct PoolWindowOptions: GuestOptionGroup {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Where cma= is to ask for the pool, as in 64M@256M-1G; its size is what is looked for.",
      valueName: "SIZE@START[-END]"),
    transform: { try PoolRequest(parsing: $0) })
  var cma: PoolRequest?

  func validate() throws {
    guard cma == nil || cma?.base != nil else {
      throw ValidationError(
        "--cma has a size alone, which is what is looked for: omit it, or give SIZE@START-END")
    }
  }

  func apply(to request: inout GuestRequest) {
    request.pools.asked = cma
  }
}
