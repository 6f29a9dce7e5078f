// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Runs
import SystemPackage

/// What to run: the options that every command shares that makes a guest.
struct SelectionOptions: ParsableArguments {
  @OptionGroup var board: BoardOptions

  @OptionGroup var placement: PlacementOptions

  @OptionGroup var pools: PoolOptions

  @OptionGroup var kernel: KernelOptions

  @Option(help: "CPUs of the guest, 1 to 8 (default: the board's own).")
  var cpus: Int?

  @Option(parsing: .unconditional, help: "Further words for the kernel's command line.")
  var append: String = ""

  @Flag(help: "Tell in order how the kernel came to its memory (memblock=debug).")
  var traceMemory = false

  @Option(help: "A test for the guest to run; may be given more than once, or as 'all'.")
  var test: [GuestTest] = []

  @Option(help: "Seconds that each stage of the run, and each test, may take.")
  var timeout: Double = GuestRequest.usualTimeout

  func validate() throws { try request.checkUsage() }

  /// The guest that the options ask for, its files named from the root.
  var request: GuestRequest {
    var request = GuestRequest()
    board.apply(to: &request)
    placement.apply(to: &request)
    pools.apply(to: &request)
    kernel.apply(to: &request)
    request.cpuCount = cpus
    request.appended = append
    request.isMemoryTraced = traceMemory
    request.tests = test
    request.timeout = timeout
    return request.withAbsolutePaths(from: HostEnvironment.workingDirectory)
  }
}
