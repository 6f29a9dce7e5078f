// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests

/// Whether guests are to show what was found, and how long they may take.
struct VerificationOptions: GuestOptionGroup {
  @Flag(help: "Boot what was found.")
  var verify = false

  @Option(help: "Seconds that each stage of a guest of --verify may take (default: 60).")
  var timeout: Double?

  func validate() throws {
    guard timeout == nil || verify else {
      throw ValidationError("--timeout is for the guests of --verify: give both, or omit it")
    }
  }

  func apply(to request: inout GuestRequest) {
    request.timeout = timeout ?? GuestRequest.usualTimeout
  }
}
