// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import Quantities

/// What a kernel is built for, beyond the architecture.
struct KernelTargetOptions: ParsableArguments {
  @Option(help: "The page size to build the kernel for (default: 4k).")
  var pageSize: PageSize?

  @Flag(help: "Build a 32-bit ARM kernel with LPAE, for RAM above 4 GiB.")
  var lpae = false

  func apply(to kernel: inout GuestRequest.Kernel) {
    kernel.pageSize = pageSize
    kernel.hasLPAE = lpae
  }
}
