// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests

/// What a guest that is started does beyond its boot.
struct TestOptions: GuestOptionGroup {
  @Flag(help: "Tell in order how the kernel came to its memory (memblock=debug).")
  var traceMemory = false

  @Option(help: "A test for the guest to run; may be given more than once, or as 'all'.")
  var test: [GuestTest] = []

  func apply(to request: inout GuestRequest) {
    request.isMemoryTraced = traceMemory
    request.tests = test
  }
}
