// SPDX-License-Identifier: Apache-2.0

import Boards
package import GuestRequests
import Guests
import KernelFiles
import Kernels
import Predictions
package import Quantities
import SystemPackage

extension Preparation {
  /// A kernel, built or taken out of what it came in.
  ///
  /// - Parameters:
  ///   - described: how the user describes it.
  ///   - readsContent: as of `KernelBuilder.kernel(for:readsContent:)`.
  /// - Throws: `KernelFileError`, `KernelError` for a file that is not a kernel of the architecture;
  ///   `KernelConfigurationFileError`; what building throws.
  package func readyKernel(
    _ kernel: RunSelection.Kernel, describedBy described: GuestRequest.Kernel,
    for architecture: Architecture, readsContent: Bool = true
  ) async throws -> ReadyKernel {
    switch kernel {
    case .image(let path):
      .own(try await ownKernel(at: path, described, for: architecture))
    case .built(let request):
      .built(
        try await builder.kernel(for: request, readsContent: readsContent), from: request)
    }
  }

  /// Whether a kernel is what was built; a user's own is whatever it is.
  func isUnchanged(_ kernel: ReadyKernel, imageDigest: String) throws -> Bool {
    switch kernel {
    case .built(let kernel, let request):
      try builder.isUnchanged(kernel, of: request, imageDigest: imageDigest)
    case .own: true
    }
  }

  private func ownKernel(
    at path: FilePath, _ described: GuestRequest.Kernel, for architecture: Architecture
  ) async throws -> OwnKernel {
    let kernel = try await KernelFile(at: path, cache: cache).kernel(for: architecture)
    let image = try KernelImage(at: kernel.image, for: architecture, from: kernel.file)
    let brought = kernel.configuration.map {
      KernelDescription(
        configuration: $0, from: kernel.file, imageSize: described.imageSize)
    }
    return OwnKernel(
      unwrapped: kernel, image: image,
      description: try await description(of: described, for: architecture) ?? brought)
  }

  /// What the user says of a kernel; nil where nothing is said.
  private func description(
    of kernel: GuestRequest.Kernel, for architecture: Architecture
  ) async throws -> KernelDescription? {
    guard let file = kernel.configuration else { return nil }
    let configuration = try await KernelFile(at: file, cache: cache)
      .configuration(for: architecture)
    return KernelDescription(
      configuration: configuration, from: file, imageSize: kernel.imageSize)
  }

  /// What is known of a selection's kernel, built or not.
  ///
  /// - Throws: `PredictionError` for one of which too little is known; as ``readyKernel(_:describedBy:for:)``.
  func kernel(of selection: RunSelection) async throws -> KnownKernel {
    let architecture = selection.board.architecture
    switch selection.kernel {
    case .image(let path):
      return try await ownKernel(at: path, selection.request.kernel, for: architecture)
        .known(for: architecture)
    case .built(let request):
      if let description = try await description(
        of: selection.request.kernel, for: architecture)
      {
        return try KnownKernel(description, image: nil, for: architecture)
      }
      return try await KnownKernel(request, for: architecture, builder: builder)
    }
  }
}
