// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
package import Emulator
import GuestImages
import HostFiles
import HostProcesses
import KernelConsole
package import Kernels
import MemoryRequests
package import Predictions
import Quantities
package import SystemPackage
import Transcripts

/// What every guest of a line is made of.
package struct ConformKit: Sendable {
  package let facts: KernelFacts
  let image: KernelImage
  /// What is loaded and entered where the kernel runs.
  let kernelFile: FilePath
  let initramfs: [UInt8]
  let monitor: [UInt8]
  let baseTree: [UInt8]
  let features: EmulatorFeatures
  /// QEMU's name of a CPU that has the kernel's page size.
  let cpuModel: String

  /// - Parameter kernel: of a 32-bit ARM one the guests start what is in the zImage, which no guest
  ///   then has to unpack, and which may start at any multiple of 2 MiB
  ///   (Documentation/arm/booting.rst; arch/arm/kernel/phys2virt.S).
  package init(
    facts: KernelFacts, kernel: BuiltKernel, initramfs: FilePath, monitor: FilePath,
    baseTree: [UInt8], features: EmulatorFeatures, cpuModel: String
  ) throws {
    self.facts = facts
    image = kernel.image
    kernelFile =
      switch kernel.architecture {
      case .arm64: kernel.image.path
      case .arm: kernel.buildFolder.pushing("arch/arm/boot/Image")
      }
    self.initramfs = try HostFile.read(initramfs, limit: 64 << 20)
    self.monitor = try HostFile.read(monitor, limit: 1 << 16)
    self.baseTree = baseTree
    self.features = features
    self.cpuModel = cpuModel
  }
}

/// A case, laid out in its banks: what is loaded where.
package struct CaseGuest: Sendable {
  let machine: EmulatedMachine
  let initramfs: [UInt8]
  let blob: [UInt8]
  let monitor: [UInt8]
  package let memory: EarlyMemory

  static let folderNames = (initramfs: "initramfs", tree: "board.dtb", monitor: "monitor.bin")
  static let consoleName = "console.log"

  /// Nil for a case in which the guest has no room, or which no tree can express.
  package init?(_ made: ConformCase, _ kit: ConformKit, in folder: FilePath) {
    let home = made.banks[made.homeBank]
    var initramfs = kit.initramfs
    initramfs += [UInt8](repeating: 0, count: Int(made.padding))
    guard let gic = Self.window(made.devices.gic), let uart = Self.window(made.devices.uart),
      let base = Alignment.block2M.up(home.start.value),
      let kernel = PhysicalRange(
        start: PhysicalAddress(base + made.kernelOffset + kit.image.textOffset),
        size: kit.image.imageSize),
      let initramfsStart = Self.pageUp(
        kit.facts.pageSize, kernel.last.value + 1 + made.initramfsGap),
      let archive = PhysicalRange(
        start: PhysicalAddress(initramfsStart), size: ByteCount(UInt64(initramfs.count)))
    else { return nil }
    let request = DeviceTreeRequest(
      banks: made.banks, cpuCompatible: "arm,armv8", cpuCount: made.cpuCount,
      bootArguments: made.commandLine, initramfs: archive, reservedMemory: made.regions,
      memoryReservations: made.memoryReservations,
      bus: DeviceBus(gic: gic, uart: uart, dmaLimit: made.dmaLimit))
    guard let blob = try? request.blob(completing: kit.baseTree) else { return nil }
    let size = UInt64(blob.count)
    // 32-bit ARM takes whole pages for the initramfs.
    let last: UInt64 = made.architecture == .arm ? 4095 : 7
    var treeStart = (archive.last.value | last) + 1 + made.deviceTreeGap & ~last
    if treeStart >> 21 != (treeStart + size) >> 21 { treeStart = (treeStart >> 21 + 1) << 21 }
    guard
      Self.canStart(from: base + made.kernelOffset, filesUpTo: treeStart + size, kit),
      !made.banks.contains(where: { $0.overlaps(gic) || $0.overlaps(uart) }),
      treeStart + size < home.last.value, home.contains(kernel), home.contains(archive),
      let memory = EarlyMemory(
        blob: blob, at: PhysicalAddress(treeStart), kernel: kernel.start)
    else { return nil }
    let placed = MachineMemory(banks: made.banks)
    guard
      let monitor = try? MonitorImage(
        code: kit.monitor, memory: placed,
        devices: [
          .init(window: gic, machineStart: MonitorImage.machineGIC),
          .init(window: uart, machineStart: MonitorImage.machineUART),
        ],
        architecture: made.architecture, cpuCount: made.cpuCount, entry: kernel.start,
        deviceTree: PhysicalAddress(treeStart))
    else { return nil }
    func load(_ name: String, at address: UInt64) -> EmulatedMachine.LoadedFile? {
      placed.machineAddress(of: PhysicalAddress(address)).map {
        .init(file: FilePath(name), address: $0)
      }
    }
    self.initramfs = initramfs
    self.blob = blob
    self.monitor = monitor.bytes
    self.memory = memory
    machine = EmulatedMachine(
      cpuModel: kit.cpuModel, cpuCount: made.cpuCount, memory: placed.size,
      loadedFiles: [
        .init(
          file: FilePath(Self.folderNames.monitor), address: MachineMemory.monitorStart,
          isEntry: true),
        load(kit.kernelFile.string, at: kernel.start.value),
        load(Self.folderNames.initramfs, at: initramfsStart),
        load(Self.folderNames.tree, at: treeStart),
      ].compactMap(\.self),
      consoleLog: FilePath(Self.consoleName))
  }

  private static func pageUp(_ page: UInt64, _ value: UInt64) -> UInt64? {
    Alignment(page)?.up(value)
  }

  private static func window(_ start: PhysicalAddress) -> PhysicalRange? {
    PhysicalRange(start: start, size: .mebibytes(2))
  }

  /// Boots the guest until its user space speaks or it has died.
  ///
  /// - Parameters:
  ///   - deadline: until when it has to have done either.
  ///   - longestSilence: after which it counts as dead; nil for the whole time.
  package func boot(
    _ kit: ConformKit, in folder: FilePath, deadline: Duration, longestSilence: Duration?
  ) async throws -> [UInt8] {
    try HostFile.createDirectory(folder)
    let files = [
      (Self.folderNames.initramfs, initramfs), (Self.folderNames.tree, blob),
      (Self.folderNames.monitor, monitor),
    ]
    for (name, bytes) in files { try HostFile.write(bytes, to: folder.appending(name)) }
    let console = folder.appending(Self.consoleName)
    try? HostFile.remove(console)
    let command = ToolCommand(
      .named(EmulatorFeatures.program), machine.arguments(for: kit.features), directory: folder)
    _ = try await command.emulate(
      consoleLog: console,
      stages: [
        RunStage(
          name: "user space", end: .words(Array(GuestRecord.firstWords.utf8)),
          deadline: deadline, longestSilence: longestSilence),
        RunStage(name: "all that is compared", end: .exit, deadline: .zero),
      ],
      death: GuestDeath(
        words: KernelDistress.panicWords, stage: "the restart", grace: .milliseconds(200)
      ) { Transcript.isPanic($0, foreignTexts: []) })
    try Task.checkCancellation()
    return HostFile.exists(console) ? try HostFile.read(console, limit: 64 << 20) : []
  }
}
