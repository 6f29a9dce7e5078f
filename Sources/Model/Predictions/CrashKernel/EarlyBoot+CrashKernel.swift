// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Memory for a second kernel that is started when the first one dies: `crashkernel=`. The pools
/// come first, so it gets what they leave.
extension EarlyBoot {
  /// - Parameter memory: bytes of RAM, for sizes that depend on it.
  /// - Returns: nil where nothing is asked for.
  func crashKernelRequest(memory: UInt64, keepsZero: Bool = false) -> CrashKernelRequest? {
    guard facts.hasCrashKernel else { return nil }
    return CrashKernelRequest(
      commandLine: input.commandLine, memory: memory, rules: rules, keepsZero: keepsZero)
  }

  /// parse_crashkernel_mem's words, the same on each line and architecture.
  mutating func sayZeroCrashKernel() {
    log.say("crashkernel size resulted in zero bytes")
  }

  mutating func noteCrashKernel(
    _ start: UInt64, _ size: UInt64, low: (start: UInt64, size: UInt64)?
  ) {
    guard let range = PhysicalRange(at: start, bytes: size) else { return }
    if let low { log.note(low.start, low.size, .crashKernelLowMemory) }
    log.note(start, size, .crashKernel)
    let lowRange = low.flatMap { PhysicalRange(at: $0.start, bytes: $0.size) }
    log.settleCrashKernel(.reserved(range, low: lowRange))
  }

  /// - Parameter words: the kernel's; nil where it says nothing, or only how it read the value.
  mutating func refuseCrashKernel(saying words: String?) {
    log.settleCrashKernel(.refused(words ?? "its value is malformed, or more than all RAM"))
    if let words { log.say(words) }
  }
}
