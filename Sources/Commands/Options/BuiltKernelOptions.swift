// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests

/// A kernel of one of cmalab's own lines.
struct BuiltKernelOptions: GuestOptionGroup {
  @Option(
    help: "The kernel line, as in 6.1 (default: as kernels.yaml says).",
    completion: Completions.kernels)
  var kernel: String?

  @OptionGroup var target: KernelTargetOptions

  @Flag(help: "Build the kernel with its own checkers: KASAN, lockdep and more. Slow.")
  var debugKernel = false

  @OptionGroup var additions: KconfigOptions

  func apply(to request: inout GuestRequest) {
    request.kernel.source = .line(kernel)
    target.apply(to: &request.kernel)
    request.kernel.isDebug = debugKernel
    request.kernel.additions = additions.kconfigAdd
  }
}
