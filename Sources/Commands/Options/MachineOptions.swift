// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests

/// What else a kernel finds when it starts.
struct MachineOptions: GuestOptionGroup {
  @Option(help: "CPUs of the guest, 1 to 8 (default: the board's own).")
  var cpus: Int?

  @Option(parsing: .unconditional, help: "Further words for the kernel's command line.")
  var append: String = ""

  func apply(to request: inout GuestRequest) {
    request.cpuCount = cpus
    request.appended = append
  }
}
