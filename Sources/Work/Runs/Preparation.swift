// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import Emulator
package import GuestImages
package import HostFiles
import KernelConsole
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
  /// A file that the guest is loaded from, in the run's folder.
  enum LoadedContent: Sendable {
    case bytes([UInt8])
    case cached(FilePath)
  }

  package let request: RunRequest
  /// What the model says that the guest will do; nil for a kernel of which too little is known.
  package let predicted: PredictedRecord?
  /// What dtc has to say against the user's own fragment; empty for nothing.
  package let warnings: String
  /// By file name.
  let contents: [String: LoadedContent]
  let machine: EmulatedMachine
  let features: EmulatorFeatures
  let stages: [RunStage]
  let death: GuestDeath
  /// The kernel's first instruction.
  let entry: PhysicalAddress
  /// The kernel with its symbols; nil for a user's own image, and where it was not kept.
  let symbols: FilePath?

  /// Puts the files that the guest is loaded from into its folder.
  func write(to directory: RunFolder) throws {
    for (name, content) in contents {
      switch content {
      case .bytes(let bytes): try HostFile.write(bytes, to: directory.path.appending(name))
      case .cached(let file): try directory.link(file, as: name)
      }
    }
  }
}

/// The device tree of a selection, with where everything lies that it speaks of.
package struct PreparedTree: Sendable {
  package let blob: [UInt8]
  /// dtc's, on the user's own fragment; empty for none.
  package let warnings: String
  package let placement: GuestPlacement
  package let image: KernelImage
  /// Nil for a user's own image.
  package let kernel: BuiltKernel?
  let initramfs: FilePath
  let cpu: GuestCPU
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
    let (image, kernel, initramfs) = try await kernelAndInitramfs(selection)
    let placement = try GuestPlacement(
      kernel: image, initramfsSize: try HostFile.size(of: initramfs),
      bank: selection.layout.banks[0],
      otherBanks: Array(selection.layout.banks.dropFirst()), given: selection.places)
    let cpu = GuestCPU(of: selection.board.cpu, pageSize: image.pageSize)
    let (blob, warnings) = try await blob(for: selection, cpu, placement)
    return PreparedTree(
      blob: blob, warnings: warnings, placement: placement, image: image, kernel: kernel,
      initramfs: initramfs, cpu: cpu)
  }

  /// The board's tree, completed, and what dtc says of the user's own part of it.
  func blob(
    for selection: RunSelection, _ cpu: GuestCPU, _ placement: GuestPlacement
  ) async throws -> (blob: [UInt8], warnings: String) {
    let request = DeviceTreeRequest(
      banks: selection.layout.banks, cpuCompatible: cpu.compatible,
      cpuCount: selection.cpuCount, bootArguments: selection.commandLine,
      bootArgumentsLimit: selection.commandLineLimit,
      initramfs: placement.initramfs, reservedMemory: selection.regions.map(\.region),
      memoryReservations: selection.memoryReservations, consumers: selection.consumers,
      bus: selection.bus)
    var blob = try request.blob(completing: try await baseTree(selection.board))
    var warnings = ""
    if let fragment = selection.fragment {
      let merged = try await DeviceTreeFragment(file: fragment).merged(over: blob)
      blob = merged.blob
      warnings = merged.warnings
    }
    return (blob, warnings)
  }

  /// Makes everything that the guest needs.
  package func prepare(_ selection: RunSelection) async throws -> PreparedRun {
    let features = try await EmulatorFeatures.probe(FileFingerprints(cache: cache))
    let tree = try await tree(for: selection)
    let blobSize = ByteCount(UInt64(tree.blob.count))
    let treeRange = try tree.placement.deviceTree(size: blobSize)
    let memory = MachineMemory(banks: selection.layout.banks)
    let monitor = try MonitorImage(
      code: try HostFile.read(try await programs.monitor(), limit: 1 << 16), memory: memory,
      devices: [
        .init(window: selection.board.devices.gic, machineStart: MonitorImage.machineGIC),
        .init(window: selection.board.devices.uart, machineStart: MonitorImage.machineUART),
      ],
      architecture: selection.board.architecture, cpuCount: selection.cpuCount,
      entry: tree.placement.entry,
      deviceTree: treeRange.start)

    var contents: [String: PreparedRun.LoadedContent] = [
      RunFolder.monitorName: .bytes(monitor.bytes), RunFolder.blobName: .bytes(tree.blob),
      RunFolder.initramfsName: .cached(tree.initramfs),
    ]
    // A kernel of the cache becomes the run's; the user's own file stays where it is.
    var kernelFile = tree.image.path
    if case .built = selection.kernel {
      contents[RunFolder.imageName] = .cached(tree.image.path)
      kernelFile = FilePath(RunFolder.imageName)
    }

    func place(_ file: FilePath, at address: PhysicalAddress) -> EmulatedMachine.LoadedFile? {
      memory.machineAddress(of: address).map { .init(file: file, address: $0) }
    }
    let loaded = [
      EmulatedMachine.LoadedFile(
        file: FilePath(RunFolder.monitorName), address: MachineMemory.monitorStart,
        isEntry: true),
      place(kernelFile, at: tree.placement.entry),
      place(FilePath(RunFolder.initramfsName), at: tree.placement.initramfs.start),
      place(FilePath(RunFolder.blobName), at: treeRange.start),
    ]
    return PreparedRun(
      request: try request(for: selection, tree, treeRange),
      predicted: try prediction(of: selection.kernel, for: tree, at: treeRange.start),
      warnings: tree.warnings,
      contents: contents,
      machine: EmulatedMachine(
        cpuModel: tree.cpu.model, cpuCount: selection.cpuCount, memory: memory.size,
        loadedFiles: loaded.compactMap(\.self), consoleLog: FilePath(RunFolder.consoleName)),
      features: features, stages: Self.stages(of: selection),
      death: Self.death(
        foreignTexts: [selection.commandLine] + (try ForeignTexts.all(in: tree.blob))),
      entry: tree.placement.entry, symbols: tree.kernel?.symbols)
  }

  /// What the model says of this guest, from nothing but what it is given.
  private func prediction(
    of chosen: RunSelection.Kernel, for tree: PreparedTree, at treeStart: PhysicalAddress
  ) throws -> PredictedRecord? {
    guard let kernel = tree.kernel, var facts = try KernelKnowledge.facts(of: kernel),
      let memory = EarlyMemory(
        blob: tree.blob, at: treeStart, kernel: tree.placement.kernel.start)
    else { return nil }
    // A tree of the user's own may have taken changes from other releases.
    if case .built(let request) = chosen, case .tree(let folder) = request.source {
      facts = KernelKnowledge.facts(of: facts, with: try KernelKnowledge.rules(ofSource: folder))
    }
    return PredictedRecord(of: facts, with: memory)
  }

  var programs: GuestPrograms {
    GuestPrograms(sources: installation.images, cache: cache)
  }

  /// The module goes with a kernel that we built; a user's own image is tested without it.
  private func kernelAndInitramfs(
    _ selection: RunSelection
  ) async throws -> (image: KernelImage, kernel: BuiltKernel?, initramfs: FilePath) {
    let architecture = selection.board.architecture
    switch selection.kernel {
    case .built(let request):
      let kernel = try await builder.kernel(for: request)
      guard selection.hasModule else {
        return (kernel.image, kernel, try await programs.initramfs(for: architecture))
      }
      let module = try await ModuleBuilder(
        sources: installation.images.appending("module"), cache: cache
      ).module(for: kernel)
      return (kernel.image, kernel, try await initramfs(selection, module: module))
    case .image(let path):
      let image = try KernelImage(at: path, for: architecture)
      guard selection.hasModule else {
        return (image, nil, try await programs.initramfs(for: architecture))
      }
      return (image, nil, try await initramfs(selection, module: nil))
    }
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

  /// The board's base tree, compiled once for each content of its source.
  func baseTree(_ board: Board) async throws -> [UInt8] {
    let name = "\(board.architecture.rawValue)-virt.dts"
    let source = installation.deviceTreeSources.appending(name)
    let version = try await FileFingerprints(cache: cache)
      .version(of: "dtc", arguments: ["--version"])
    let key = ContentKey([
      ("dtc", Array(version.utf8)), ("source", try HostFile.read(source, limit: 1 << 20)),
    ])
    let entry = try await cache.entry(kind: "device-trees", key: key) { draft in
      let compiled = try await DTC().blob(of: source)
      try HostFile.write(compiled.blob, to: draft.appending("base.dtb"))
    }
    return try HostFile.read(entry.appending("base.dtb"), limit: 2 << 20)
  }

  private func request(
    for selection: RunSelection, _ tree: PreparedTree, _ treeRange: PhysicalRange
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
    return RunRequest(
      asked: selection.request, board: selection.board.name, layout: selection.layout.name,
      banks: selection.layout.banks,
      inventedRAM: selection.board.invented(in: selection.layout),
      cmaBytes: selection.pools.askedBytes, via: selection.pools.via,
      commandLinePool: selection.pools.commandLine, kconfigPool: selection.kconfigPool,
      // Of the finished tree: the user's own fragment may have changed them.
      regions: try DeclaredRegion.all(in: tree.blob).map(RunRequest.Region.init),
      memoryReservations: selection.memoryReservations, kernel: kernel,
      pageSize: selection.pageSize ?? tree.image.pageSize.map { "\($0.bytes >> 10)k" },
      cpus: selection.cpuCount,
      commandLine: selection.commandLine, tests: selection.tests,
      deviceTree: RunRequest.Blob(
        bytes: UInt64(tree.blob.count), checksum: GuestRecord.plainChecksum(of: tree.blob)),
      placement: RunRequest.Placement(
        kernel: tree.placement.kernel, initramfs: tree.placement.initramfs,
        deviceTree: treeRange))
  }

  /// A kernel that panicked restarts at once (`panic=-1`), unless it died too early to know how.
  ///
  /// - Parameter foreignTexts: what it was given that its kernel may repeat.
  private static func death(foreignTexts: [String]) -> GuestDeath {
    GuestDeath(
      words: KernelDistress.panicWords, stage: "restart after the panic", grace: .seconds(5)
    ) { Transcript.isPanic($0, foreignTexts: foreignTexts) }
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
