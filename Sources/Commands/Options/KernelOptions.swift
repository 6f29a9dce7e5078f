// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import SystemPackage

/// Which kernel.
struct KernelOptions: ParsableArguments {
  @Option(
    help: "The kernel line to build and boot, as in 6.1 (default: as kernels.yaml says).",
    completion: Completions.kernels)
  var kernel: String?

  @Option(help: "Boot this Image or zImage as it is, a distribution's vmlinuz included.")
  var kernelImage: FilePath?

  @Option(help: "Build and boot this kernel source tree.")
  var kernelSource: FilePath?

  @OptionGroup var target: KernelTargetOptions

  @Flag(help: "Build the kernel with its own checkers: KASAN, lockdep and more. Slow.")
  var debugKernel = false

  @Flag(help: "Build the kernel with debug information, for gdb: the source's lines and types.")
  var debugInfo = false

  func validate() throws {
    let kernels = [kernel != nil, kernelImage != nil, kernelSource != nil]
    guard kernels.count(where: \.self) <= 1 else {
      throw ValidationError("give one of --kernel, --kernel-image and --kernel-source")
    }
  }

  func apply(to request: inout GuestRequest) {
    request.kernel.source =
      kernelImage.map { .image($0) } ?? kernelSource.map { .tree($0) } ?? .line(kernel)
    target.apply(to: &request.kernel)
    request.kernel.isDebug = debugKernel
    request.kernel.hasDebugInfo = debugInfo
  }
}
