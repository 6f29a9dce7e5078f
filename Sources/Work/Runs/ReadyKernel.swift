// SPDX-License-Identifier: Apache-2.0

import Guests
import KernelFiles
package import Kernels
package import Predictions
package import Quantities
import SystemPackage

/// A kernel to boot.
package enum ReadyKernel: Sendable {
  case built(BuiltKernel, from: KernelRequest)
  case own(OwnKernel)

  package var image: KernelImage {
    switch self {
    case .built(let kernel, _): kernel.image
    case .own(let kernel): kernel.image
    }
  }

  /// The kernel as it runs where it is loaded: of a 32-bit ARM one what is in the zImage, which no guest then
  /// has to unpack, and which may start at any multiple of 2 MiB (Documentation/arm/booting.rst;
  /// arch/arm/kernel/phys2virt.S). Nil for a zImage of the user's own.
  package var unpackedImage: KernelImage? {
    switch self {
    case .built(let kernel, _) where kernel.architecture == .arm:
      KernelImage(
        unpackedFrom: kernel.image, at: kernel.buildFolder.pushing("arch/arm/boot/Image"))
    case .built, .own: image.unpackingSize == nil ? image : nil
    }
  }

  /// The kernel with its symbols, where it was kept.
  var symbols: FilePath? {
    if case .built(let kernel, _) = self { kernel.symbols } else { nil }
  }

  /// The user's own, and what it came in.
  var unwrapped: UnwrappedKernel? {
    if case .own(let kernel) = self { kernel.unwrapped } else { nil }
  }

  /// What is known of it for a prediction.
  ///
  /// - Throws: `PredictionError` for a kernel of which too little is known; `HostFileError`.
  package func facts(for architecture: Architecture) throws -> KernelFacts {
    switch self {
    case .own(let kernel): return try kernel.known(for: architecture).facts
    case .built(let kernel, let request):
      // A tree of the user's own may have taken changes from other releases.
      let rules: KernelRules? =
        if case .tree(let folder) = request.source {
          try KernelKnowledge.rules(ofSource: folder)
        } else {
          nil
        }
      guard var facts = try KernelKnowledge.facts(of: kernel, rules: rules) else {
        throw PredictionError.noRelease(kernel.configuration)
      }
      if request.base != .fragments { facts.needsAreMeasured = false }
      return facts
    }
  }
}

/// A kernel of the user's own.
package struct OwnKernel: Sendable {
  let unwrapped: UnwrappedKernel
  let image: KernelImage
  /// Nil where nobody says how it is configured.
  let description: KernelDescription?

  /// - Throws: `PredictionError` where its configuration is not given, or not that of such a kernel;
  ///   `HostFileError`.
  func known(for architecture: Architecture) throws -> KnownKernel {
    guard let description else {
      throw PredictionError.unknownConfiguration(unwrapped.file)
    }
    return try KnownKernel(description, image: image, for: architecture)
  }
}
