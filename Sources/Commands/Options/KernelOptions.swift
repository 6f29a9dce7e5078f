// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import GuestRequests
import SystemPackage

/// Which kernel: one of cmalab's lines, or the user's own.
struct KernelOptions: GuestOptionGroup {
  @OptionGroup var built: BuiltKernelOptions

  @Option(
    help: """
      Boot this kernel: an Image or zImage, compressed, as vmlinuz, uImage, FIT, or a Debian package.
      """)
  var kernelImage: FilePath?

  @OptionGroup var tree: SourceTreeOptions

  func validate() throws {
    let kernels = [built.kernel != nil, kernelImage != nil, tree.kernelSource != nil]
    guard kernels.count(where: \.self) <= 1 else {
      throw ValidationError("give one of --kernel, --kernel-image and --kernel-source")
    }
  }

  func apply(to request: inout GuestRequest) {
    built.apply(to: &request)
    if let kernelImage { request.kernel.source = .image(kernelImage) }
    if let source = tree.kernelSource { request.kernel.source = .tree(source) }
    request.kernel.defconfig = tree.defconfig
  }
}
