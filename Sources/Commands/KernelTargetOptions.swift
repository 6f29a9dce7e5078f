// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Boards
import Kernels
import Quantities

/// What a kernel is built for, beyond the architecture.
struct KernelTargetOptions: ParsableArguments {
  @Option(help: "The page size to build the kernel for (default: 4k).")
  var pageSize: PageSize?

  @Flag(help: "Build a 32-bit ARM kernel with LPAE, for RAM above 4 GiB.")
  var lpae = false

  /// - Throws: `ValidationError` for an option that the architecture does not have.
  func target(for architecture: Architecture) throws -> KernelTarget {
    switch architecture {
    case .arm64:
      guard !lpae else {
        throw ValidationError("--lpae is for 32-bit ARM, and this is arm64: leave it out")
      }
      return .arm64(pageSize ?? .fourKiB)
    case .arm:
      guard pageSize ?? .fourKiB == .fourKiB else {
        throw ValidationError("--page-size is \(pageSize?.rawValue ?? ""): 32-bit ARM has 4k only")
      }
      return .arm(hasLPAE: lpae)
    }
  }
}
