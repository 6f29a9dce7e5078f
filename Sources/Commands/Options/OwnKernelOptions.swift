// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import GuestRequests
import Quantities
import SystemPackage

/// A kernel of the user's own, of which a prediction knows what its .config and its header say.
struct OwnKernelOptions: GuestOptionGroup {
  @Option(help: "The .config of your own kernel, or the package that has it, by which to predict.")
  var kernelConfig: FilePath?

  @Option(
    help: "The memory that its image takes, as its header says (image_size).",
    transform: { try ByteCount(parsing: $0) })
  var imageSize: ByteCount?

  func apply(to request: inout GuestRequest) {
    request.kernel.configuration = kernelConfig
    request.kernel.imageSize = imageSize
  }

  /// - Throws: `ValidationError` where guests were to show what is said of such a kernel, and there is
  ///   none to boot.
  func check(
    _ verification: VerificationOptions, _ kernel: KernelOptions
  ) throws(ValidationError) {
    guard !verification.verify || kernelConfig == nil || kernel.kernelImage != nil else {
      throw ValidationError(
        "--verify boots a kernel, and --kernel-config names none: give it with --kernel-image")
    }
  }
}
