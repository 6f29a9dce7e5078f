// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Quantities
import Runs
import SystemPackage

/// A kernel of the user's own, of which a prediction knows what its .config and its header say.
struct OwnKernelOptions: ParsableArguments {
  @Option(help: "The .config of your own kernel.")
  var kernelConfig: FilePath?

  @Option(
    help: "The memory that its image takes, as its header says (image_size).",
    transform: { try ByteCount(parsing: $0) })
  var imageSize: ByteCount?

  /// Nil where one of our lines is asked about.
  var description: KernelDescription? {
    kernelConfig.map { KernelDescription(configuration: $0, imageSize: imageSize) }
  }

  func validate() throws {
    guard imageSize == nil || kernelConfig != nil else {
      throw ValidationError("--image-size goes with --kernel-config")
    }
  }

  /// - Throws: `ValidationError` where guests were to show what is said of such a kernel.
  func validate(verify: Bool) throws {
    guard !verify || kernelConfig == nil else {
      throw ValidationError(
        "--verify boots a kernel, and --kernel-config names none: leave one out")
    }
  }
}
