// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import Emulator
import GuestImages
import GuestRequests
package import Guests
package import HostFiles
import KernelConsole
import KernelFiles
package import Kernels
import MemoryRequests
import Predictions
import Quantities
package import Records
import SystemPackage
import Transcripts

/// A guest that is ready to start, and what it is to be judged by. Nothing of it is on disk yet but
/// what the cache keeps.
package struct PreparedRun: Sendable {
  package let request: RunRequest
  let kernel: ReadyKernel
  let guest: AssembledGuest
  let features: EmulatorFeatures
  let stages: [RunStage]
  let death: GuestDeath
  /// Nil where the kernel has been read through.
  let unread: UnreadKernel?

  /// A kernel of the cache that nobody has read through yet: that is done while the guest runs.
  struct UnreadKernel: Sendable {
    /// Whether it is what was written, by the SHA-256 of its image and all else of it.
    let isUnchanged: @Sendable (_ imageDigest: String) throws -> Bool
    /// Makes the run again, with a kernel that is.
    let remake: @Sendable () async throws -> PreparedRun
  }

  /// What the user's own kernel was taken out of, outermost first; empty for a bare one and for one of
  /// cmalab's.
  package var kernelWrappings: [String] { kernel.unwrapped?.wrappings ?? [] }

  /// What dtc has to say against the user's own fragment; empty for nothing.
  package var warnings: String { guest.placed.warnings }

  /// What the model says that the guest will do, from nothing but what it is given; or why it says nothing.
  ///
  /// - Throws: `HostFileError`.
  func prediction() throws -> Result<PredictedRecord, PredictionError> {
    do {
      let facts = try kernel.facts(for: guest.placed.image.architecture)
      return .success(PredictedRecord(of: facts, with: guest.placed.memory))
    } catch let error as PredictionError {
      return .failure(error)
    }
  }
}

/// The device tree of a selection, with where everything lies that it speaks of.
package struct PreparedTree: Sendable {
  package let guest: PlacedGuest
  let kernel: ReadyKernel
  let initramfs: FilePath
}

/// Turns selections into guests.
package struct Preparation: Sendable {
  let installation: Installation
  let cache: ContentCache
  package let builder: KernelBuilder

  package init(installation: Installation, cache: ContentCache, builder: KernelBuilder) {
    self.installation = installation
    self.cache = cache
    self.builder = builder
  }

  /// Builds what is missing, completes the board's device tree and checks it.
  package func tree(for selection: RunSelection) async throws -> PreparedTree {
    try await tree(for: selection, readsKernel: true)
  }

  private func tree(
    for selection: RunSelection, readsKernel: Bool
  ) async throws -> PreparedTree {
    let (image, kernel, initramfs) = try await kernelAndInitramfs(
      selection, readsKernel: readsKernel)
    let placed = try await placed(
      selection, image: image,
      initramfsSize: selection.initramfsSize(ofFile: try HostFile.size(of: initramfs)))
    return PreparedTree(guest: placed, kernel: kernel, initramfs: initramfs)
  }

  /// The children of /reserved-memory that a selection's finished tree has.
  func declaredRegions(of selection: RunSelection) async throws -> [DeclaredRegion] {
    try await selection.design.declaredRegions(baseTree: try await baseTree(for: selection))
  }

  private func baseTree(for selection: RunSelection) async throws -> [UInt8] {
    try await BaseTrees(sources: installation.deviceTreeSources, cache: cache)
      .tree(for: selection.board.architecture)
  }

  /// A selection's guest with any kernel, laid out.
  func placed(
    _ selection: RunSelection, image: KernelImage, initramfsSize: ByteCount
  ) async throws -> PlacedGuest {
    try await PlacedGuest.asLoaded(
      selection.design, kernelAt: selection.kernelPlace, image: image,
      initramfsSize: initramfsSize,
      baseTree: try await baseTree(for: selection))
  }

  /// Makes everything that the guest needs.
  package func prepare(_ selection: RunSelection) async throws -> PreparedRun {
    if let fault = selection.guestFault {
      let option: GuestOption = selection.request.ram == nil ? .bank : .ram
      throw GuestRequestError(option, "\(option.argument): \(fault)")
    }
    return try await prepare(selection, readsKernel: false)
  }

  private func prepare(
    _ selection: RunSelection, readsKernel: Bool
  ) async throws -> PreparedRun {
    let features = try await EmulatorFeatures.probe(FileFingerprints(cache: cache))
    let tree = try await tree(for: selection, readsKernel: readsKernel)
    let placed = tree.guest
    // By a .config that the user has given: what is wrong with that is said before anything is started.
    if selection.request.kernel.configuration != nil {
      _ = try tree.kernel.facts(for: selection.board.architecture)
    }
    // A kernel of the cache becomes the run's; the user's own file stays where it is.
    let kernel: AssembledGuest.Content =
      tree.kernel.unwrapped?.isBare == true
      ? .external(placed.image.path) : .kept(placed.image.path)
    let guest = try AssembledGuest(
      placed, monitor: try HostFile.read(try await programs.monitor(), limit: 1 << 16),
      kernel: kernel, initramfs: .kept(tree.initramfs))
    let foreignTexts = [selection.commandLine] + (try ForeignTexts.all(in: placed.blob))
    return PreparedRun(
      request: try request(for: selection, placed), kernel: tree.kernel, guest: guest,
      features: features, stages: Self.stages(of: selection),
      death: Self.death(foreignTexts: foreignTexts),
      unread: readsKernel
        ? nil
        : .init(
          isUnchanged: { try isUnchanged(tree.kernel, imageDigest: $0) },
          remake: { try await prepare(selection, readsKernel: true) }))
  }

  var programs: GuestPrograms {
    GuestPrograms(sources: installation.images, cache: cache)
  }

  /// The module goes with a kernel that we built; a user's own image is tested without it.
  private func kernelAndInitramfs(
    _ selection: RunSelection, readsKernel: Bool
  ) async throws -> (image: KernelImage, kernel: ReadyKernel, initramfs: FilePath) {
    let architecture = selection.board.architecture
    let kernel = try await readyKernel(
      selection.kernel, describedBy: selection.request.kernel, for: architecture,
      readsContent: readsKernel)
    guard selection.hasModule else {
      return (kernel.image, kernel, try await programs.initramfs(for: architecture))
    }
    var module: FilePath?
    if case .built(let built, _) = kernel {
      module = try await ModuleBuilder(
        sources: installation.images.appending("module"), cache: cache
      ).module(for: built)
    }
    return (kernel.image, kernel, try await initramfs(selection, module: module))
  }

  /// The initramfs of a guest that can have the module.
  private func initramfs(
    _ selection: RunSelection, module: FilePath?
  ) async throws -> FilePath {
    let architecture = selection.board.architecture
    switch selection.purpose {
    case .verdict:
      return try await programs.initramfs(for: architecture, testingWith: module)
    case .shell:
      let busybox = try await BusyBox(cache: cache).program(for: architecture) { package in
        builder.onEvent(.downloading(package))
      }
      return try await programs.initramfs(for: architecture, withShell: busybox, module: module)
    }
  }

  private func request(
    for selection: RunSelection, _ guest: PlacedGuest
  ) throws -> RunRequest {
    let kernel: String =
      switch selection.kernel {
      case .image(let path): path.string
      case .built(let request):
        switch request.source {
        case .line(let line): line.name
        case .tree(let path): path.string
        }
      }
    let banks = selection.layout.banks
    // Of the finished tree, which the user's own fragment may have changed, and of the command line.
    let declared = try DeviceTreeContents.declaredBanks(in: guest.blob)
    let left = guest.memory.usableRAM(
      on: selection.board.architecture, pageSize: guest.image.pageSize ?? .kibibytes(4),
      imageSize: guest.image.imageSize, textOffset: guest.image.textOffset)
    // A bank that a kernel does not know for one is expected all the same.
    let lost = try DeviceTreeContents.unrecognizedBanks(in: guest.blob).filter { range in
      banks.contains { $0.overlaps(range) }
    }
    let usable = (left + lost).sorted().joiningAdjacent()
    return RunRequest(
      asked: selection.request, board: selection.board.name, layout: selection.layout.name,
      banks: banks, declaredBanks: declared == banks ? nil : declared,
      usableRAM: usable == banks.joiningAdjacent() ? nil : usable,
      inventedRAM: selection.layout.inventedRAM,
      cmaBytes: selection.pools.askedBytes, via: selection.pools.via,
      commandLinePool: selection.pools.commandLine, kconfigPool: selection.kconfigPool,
      // Of the finished tree: the user's own fragment may have changed them.
      regions: try DeclaredRegion.all(in: guest.blob).map(RunRequest.Region.init),
      memoryReservations: (selection.ownTree?.memoryReservations ?? [])
        + selection.memoryReservations,
      kernel: kernel,
      pageSize: selection.pageSize ?? guest.image.pageSize.flatMap { PageSize(bytes: $0.bytes) },
      cpus: selection.cpuCount,
      commandLine: selection.commandLine, tests: selection.tests.map(\.rawValue),
      deviceTree: RunRequest.Blob(
        bytes: UInt64(guest.blob.count), checksum: GuestRecord.plainChecksum(of: guest.blob)),
      placement: RunRequest.Placement(guest))
  }

  /// A kernel that panicked restarts at once (`panic=-1`), unless it died too early to know how; one that
  /// found a fault in itself may go on without the process that it met, and nothing ends then.
  ///
  /// - Parameter foreignTexts: what it was given that its kernel may repeat.
  private static func death(foreignTexts: [String]) -> GuestDeath {
    GuestDeath(
      words: KernelDistress.deathWords, stage: "restart after the kernel's death",
      grace: .seconds(5)
    ) { Transcript.isDeath($0, foreignTexts: foreignTexts) }
  }

  /// Each test may take as long as a stage, and they all run before the last record.
  private static func stages(of selection: RunSelection) -> [RunStage] {
    func stage(_ stage: GuestStage, _ end: RunStage.End, times: Int = 1) -> RunStage {
      RunStage(name: stage.rawValue, end: end, deadline: .seconds(selection.timeout) * times)
    }
    return [
      stage(.firstOutput, .firstByte),
      stage(.userspace, .words(Array(GuestRecord.firstWords.utf8))),
      stage(
        .lastRecord, .words(Array(GuestRecord.lastWords.utf8)), times: 1 + selection.tests.count),
      stage(.powerOff, .exit),
    ]
  }
}
