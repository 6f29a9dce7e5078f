// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestRequests
import Guests
import KernelFiles
import Kernels
import Predictions
import SystemPackage

/// A kernel of the user's own.
struct OwnKernel: Sendable {
  let unwrapped: UnwrappedKernel
  let image: KernelImage
  /// Nil where nobody says how it is configured.
  let description: KernelDescription?
}

extension Preparation {
  /// A kernel of the user's own, taken out of what it came in.
  ///
  /// - Throws: `KernelFileError`, `KernelError` for a file that is not a kernel of the board's
  ///   architecture; `KernelConfigurationFileError`.
  func ownKernel(at path: FilePath, of selection: RunSelection) async throws -> OwnKernel {
    let architecture = selection.board.architecture
    let kernel = try await KernelFile(at: path, cache: cache).kernel(for: architecture)
    let image = try KernelImage(at: kernel.image, for: architecture, from: kernel.file)
    let brought = kernel.configuration.map {
      KernelDescription(
        configuration: $0, from: kernel.file, imageSize: selection.request.kernel.imageSize)
    }
    return OwnKernel(
      unwrapped: kernel, image: image,
      description: try await givenDescription(of: selection) ?? brought)
  }

  /// What the user says of a kernel; nil where nothing is said.
  func givenDescription(of selection: RunSelection) async throws -> KernelDescription? {
    guard let file = selection.request.kernel.configuration else { return nil }
    let configuration = try await KernelFile(at: file, cache: cache)
      .configuration(for: selection.board.architecture)
    return KernelDescription(
      configuration: configuration, from: file, imageSize: selection.request.kernel.imageSize)
  }

  /// What is known of a selection's kernel, built or not.
  ///
  /// - Throws: `PredictionError` for one of which too little is known; as ``ownKernel(at:of:)``.
  func kernel(of selection: RunSelection) async throws -> KnownKernel {
    let architecture = selection.board.architecture
    switch selection.kernel {
    case .image(let path):
      let own = try await ownKernel(at: path, of: selection)
      guard let description = own.description else {
        throw PredictionError.unknownConfiguration(path)
      }
      return try KnownKernel(description, image: own.image, for: architecture)
    case .built(let request):
      if let description = try await givenDescription(of: selection) {
        return try KnownKernel(description, image: nil, for: architecture)
      }
      return try await KnownKernel(request, for: architecture, builder: builder)
    }
  }
}
