// SPDX-License-Identifier: Apache-2.0

import Boards
import GuestImages
import HostFiles
import HostProcesses
import Kernels
import Predictions
package import Quantities
package import Records
package import SystemPackage

/// What a user says of a kernel that cmalab did not build.
package struct KernelDescription: Hashable, Sendable {
  /// Its .config.
  package let configuration: FilePath
  /// image_size of its header; nil where nobody says.
  package let imageSize: ByteCount?

  package init(configuration: FilePath, imageSize: ByteCount?) {
    self.configuration = configuration
    self.imageSize = imageSize
  }
}

extension Preparation {
  /// Predicts without building a kernel and without an emulator.
  ///
  /// - Parameter description: of the kernel, in place of the selection's.
  /// - Throws: `PredictionError` for a kernel of which too little is known.
  package func predict(
    _ selection: RunSelection, kernel description: KernelDescription? = nil
  ) async throws -> PredictedGuest {
    let (known, memory, placement) = try await outlook(selection, description)
    return PredictedGuest(
      schema: PredictedGuest.currentSchema, board: selection.board.name,
      layout: selection.layout.name, banks: selection.layout.banks,
      inventedRAM: selection.board.invented(in: selection.layout), kernel: known.name,
      commandLine: selection.commandLine, placement: placement,
      predicted: PredictedRecord(of: known.facts, with: memory))
  }

  /// What a prediction is made from.
  func outlook(
    _ selection: RunSelection, _ description: KernelDescription?
  ) async throws -> (kernel: KnownKernel, memory: EarlyMemory, placement: RunRequest.Placement) {
    let found = try await found(by: selection, description)
    return (found.kernel, found.memory, found.placement)
  }

  /// What the selection's kernel would find.
  func found(
    by selection: RunSelection, _ description: KernelDescription?
  ) async throws -> (
    kernel: KnownKernel, memory: EarlyMemory, placement: RunRequest.Placement, blob: [UInt8]
  ) {
    var known = try await knownKernel(selection, description)
    let archive: ByteCount
    if let size = try await initramfsSize(for: selection.board.architecture) {
      archive = size
    } else {
      archive = Self.usualInitramfsSize
      known.facts.assumptions.append(
        "its initramfs takes \(archive): there is no compiler to make it with")
    }
    let placement = try GuestPlacement(
      kernel: known.image, initramfsSize: archive, bank: selection.layout.banks[0],
      otherBanks: Array(selection.layout.banks.dropFirst()), given: selection.places)
    let cpu = GuestCPU(of: selection.board.cpu, pageSize: known.image.pageSize)
    let (blob, _) = try await blob(for: selection, cpu, placement)
    let treeRange = try placement.deviceTree(size: ByteCount(UInt64(blob.count)))
    guard
      let memory = EarlyMemory(blob: blob, at: treeRange.start, kernel: placement.kernel.start)
    else { throw PredictionError.tree }
    return (
      known, memory,
      .init(kernel: placement.kernel, initramfs: placement.initramfs, deviceTree: treeRange), blob
    )
  }

  /// Nil where the architecture's compiler is missing, which who only asks can do without.
  private func initramfsSize(for architecture: Architecture) async throws -> ByteCount? {
    do {
      return try HostFile.size(of: try await programs.initramfs(for: architecture))
    } catch let error as ToolError where error.reason == .notFound {
      return nil
    }
  }

  struct KnownKernel {
    let name: String
    let image: KernelImage
    var facts: KernelFacts
  }

  /// What init alone takes, about.
  private static var usualInitramfsSize: ByteCount { .kibibytes(512) }
  /// What an image of our own has, about: of a kernel that is not built yet.
  private static var usualImageSize: ByteCount { .mebibytes(4) }
  /// What a distribution's has.
  private static var largeImageSize: ByteCount { .mebibytes(36) }

  private func knownKernel(
    _ selection: RunSelection, _ description: KernelDescription?
  ) async throws -> KnownKernel {
    let architecture = selection.board.architecture
    if let description { return try describedKernel(description, architecture) }
    switch selection.kernel {
    case .image(let path):
      throw PredictionError.unknownConfiguration(path)
    case .built(let request):
      switch request.source {
      case .tree(let tree): throw PredictionError.unknownConfiguration(tree)
      case .line(let line):
        if let built = try await builder.existing(for: request),
          let facts = try KernelKnowledge.facts(of: built)
        {
          return KnownKernel(name: line.name, image: built.image, facts: facts)
        }
        guard let release = KernelRelease(line.name) else {
          throw PredictionError.unknownLine(line.name)
        }
        let options = try builder.configuration(of: request).options
        let size = Self.usualImageSize
        var facts = KernelKnowledge.facts(
          release: release, architecture: architecture,
          configuration: Dictionary(
            options.compactMap { option in
              option.value.map { (String(option.name.dropFirst("CONFIG_".count)), $0) }
            }, uniquingKeysWith: { $1 }),
          imageSize: size)
        facts.assumptions.append(
          "its image takes \(size) and has the usual parts: it is not built yet")
        return KnownKernel(
          name: line.name, image: KernelImage(assumedSize: size, architecture: architecture),
          facts: facts)
      }
    }
  }

  private func describedKernel(
    _ description: KernelDescription, _ architecture: Architecture
  ) throws -> KnownKernel {
    let path = description.configuration
    let text = String(decoding: try HostFile.read(path, limit: 4 << 20), as: UTF8.self)
    guard let release = KernelKnowledge.release(in: text) else {
      throw PredictionError.noRelease(path)
    }
    guard text.contains("# Linux/\(architecture.rawValue) ") else {
      throw PredictionError.otherArchitecture(path, board: architecture.rawValue)
    }
    let size = description.imageSize ?? Self.largeImageSize
    var facts = KernelKnowledge.facts(
      release: release, architecture: architecture,
      configuration: KernelKnowledge.configuration(of: text), imageSize: size)
    if description.imageSize == nil {
      facts.assumptions.append("its image takes \(size): --image-size tells")
    }
    facts.assumptions.append("the parts of its image lie as usual")
    return KnownKernel(
      name: "\(release.major).\(release.minor) with \(path)",
      image: KernelImage(assumedSize: size, architecture: architecture),
      facts: facts)
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
  case tree

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
    case .tree: "the device tree cannot be read back"
    }
  }
}
