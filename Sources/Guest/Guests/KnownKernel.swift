// SPDX-License-Identifier: Apache-2.0

import HostFiles
import KernelFiles
package import Kernels
import MemoryRequests
package import Predictions
package import Quantities
package import SystemPackage

/// What a user says of a kernel that cmalab did not build.
package struct KernelDescription: Hashable, Sendable {
  /// Its .config.
  package let configuration: FilePath
  /// What the user calls it: itself, or the package that it came in.
  package let file: FilePath
  /// image_size of its header; nil where it is not given.
  package let imageSize: ByteCount?

  package init(configuration: FilePath, from file: FilePath, imageSize: ByteCount?) {
    self.configuration = configuration
    self.file = file
    self.imageSize = imageSize
  }
}

/// A kernel of which enough is known to predict its guests, built or not.
package struct KnownKernel: Sendable {
  package let name: String
  /// Its image, or one that is assumed.
  package let image: KernelImage
  package var facts: KernelFacts

  /// What an image of our own has, about: of a kernel that is not built yet.
  private static var usualImageSize: ByteCount { .mebibytes(4) }
  /// What a distribution's has.
  private static var largeImageSize: ByteCount { .mebibytes(36) }

  /// A kernel that cmalab builds: as it is built, or as it is going to be.
  ///
  /// - Throws: `PredictionError` for one of which too little is known before it is built.
  package init(
    _ request: KernelRequest, for architecture: Architecture, builder: KernelBuilder
  ) async throws {
    let line: KernelLine
    switch request.source {
    case .tree(let tree): throw PredictionError.unknownConfiguration(tree)
    case .line(let wanted): line = wanted
    }
    name = line.name
    // One that differs in the default pool alone is as good.
    for candidate in [request, request.withoutPool].compactMap(\.self) {
      guard let built = try await builder.existing(for: candidate),
        let facts = try KernelKnowledge.facts(of: built)
      else { continue }
      image = built.image
      self.facts = facts
      self.facts.configure(request.pool)
      return
    }
    guard let release = KernelRelease(line.name) else {
      throw PredictionError.unknownLine(line.name)
    }
    let options = try builder.configuration(of: request).options
    let size = Self.usualImageSize
    image = KernelImage(assumedSize: size, architecture: architecture)
    facts = KernelKnowledge.facts(
      release: release, architecture: architecture,
      configuration: Dictionary(
        options.compactMap { option in
          option.value.map { (String(option.name.dropFirst("CONFIG_".count)), $0) }
        }, uniquingKeysWith: { $1 }),
      imageSize: size)
    facts.assumptions.append("its image takes \(size) and has the usual parts: it is not built yet")
  }

  /// A kernel that somebody else has built.
  ///
  /// - Parameter known: the kernel itself; nil where there is but its .config.
  /// - Throws: `HostFileError`; `PredictionError` for a file that is not a configuration of the
  ///   architecture's.
  package init(
    _ description: KernelDescription, image known: KernelImage?, for architecture: Architecture
  ) throws {
    let path = description.file
    let text = String(
      decoding: try HostFile.read(description.configuration, limit: 4 << 20), as: UTF8.self)
    guard let release = KernelKnowledge.release(in: text) else {
      throw PredictionError.noRelease(path)
    }
    guard text.contains("# Linux/\(architecture.rawValue) ") else {
      throw PredictionError.otherArchitecture(path, board: architecture.rawValue)
    }
    let size = description.imageSize ?? known?.imageSize ?? Self.largeImageSize
    name = "\(release.line) with \(path)"
    facts = KernelKnowledge.facts(
      release: release, architecture: architecture,
      configuration: KernelKnowledge.configuration(of: text), imageSize: size)
    image =
      known
      ?? KernelImage(
        assumedSize: size, architecture: architecture, textOffset: facts.image.textOffset)
    if description.imageSize == nil, known == nil {
      facts.assumptions.append("its image takes \(size): --image-size tells")
    }
    facts.assumptions.append("the parts of its image lie as usual")
    if let known, facts.nodeDataBytes != nil {
      let types = KernelTypes(
        in: try HostFile.read(known.path, limit: KernelFile.unpackedLimit))
      facts.refine { types?.size(ofStructure: $0) }
    }
    facts.needsAreMeasured = false
    facts.assumptions.append(
      "it needs no more than \(KernelFacts.cautiousRoom) beside its pools, which was not measured")
  }

  /// A board of 32-bit ARM with a `dma-limit` has a `dma_zone_size`, and so a kernel with
  /// CONFIG_ZONE_DMA; cmalab's own are for a machine without.
  package mutating func assumeDMAZone(upTo limit: PhysicalAddress) {
    facts.addDMAZone()
    facts.assumptions.append(
      "the board's kernel has CONFIG_ZONE_DMA, and its machine a dma_zone_size that ends at \(limit)"
    )
  }
}

/// Why nothing can be predicted.
package enum PredictionError: Error, Hashable, CustomStringConvertible {
  case otherArchitecture(FilePath, board: String)
  case unknownConfiguration(FilePath)
  case unknownLine(String)
  case noRelease(FilePath)
  case noSource(FilePath)
  case tooOld(KernelRelease)

  package var description: String {
    switch self {
    case .otherArchitecture(let path, let board):
      "\(path) configures a kernel for another architecture: this board is \(board)"
    case .unknownConfiguration(let path):
      "\(path) does not say how it is configured: give its .config with --kernel-config"
    case .unknownLine(let name): "'\(name)' names no release: give --kernel-config"
    case .noRelease(let path):
      "\(path) has no line '# Linux/arm64 6.1.0 Kernel Configuration': give a finished .config"
    case .noSource(let path):
      "\(path) has no Makefile of a kernel: give the top folder of its source"
    case .tooOld(let release):
      "the rules of Linux \(release) are not known: the oldest line is \(KernelRules.oldest.line)"
    }
  }
}
