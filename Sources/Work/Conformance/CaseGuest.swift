// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import Emulator
import GuestImages
import Guests
import HostFiles
import HostProcesses
import KernelConsole
import Kernels
package import Predictions
import Quantities
package import SystemPackage
import Transcripts

/// Why a case is none: no kernel could start with it.
package struct ImpossibleCase: Error, Hashable, CustomStringConvertible {
  package let description: String
}

/// A case, put together as every guest is.
package struct CaseGuest: Sendable {
  private let guest: AssembledGuest
  private let features: EmulatorFeatures

  /// What its kernel finds when it starts.
  package var memory: EarlyMemory { guest.placed.memory }

  /// - Throws: ``ImpossibleCase`` where the guest has no room, or no kernel can start there;
  ///   whatever else is thrown is a fault of ours.
  package init(_ made: ConformCase, _ kit: ConformKit) async throws {
    let bus = try Self.bus(made)
    let design = GuestDesign(
      architecture: made.architecture, cpuModel: ConformCase.cpuModel, cpuCount: made.cpuCount,
      banks: made.banks, homeBank: made.homeBank, bus: bus, commandLine: made.commandLine,
      regions: made.regions, memoryReservations: made.memoryReservations,
      places: GivenPlaces(
        gaps: .init(
          kernel: ByteCount(made.kernelOffset), initramfs: ByteCount(made.initramfsGap),
          deviceTree: ByteCount(made.deviceTreeGap))))
    let padding = [UInt8](repeating: 0, count: Int(made.padding))
    let size = ByteCount(UInt64(kit.initramfs.count + padding.count))
    do {
      let placed = try await PlacedGuest(
        design, image: kit.image, initramfsSize: size, baseTree: kit.baseTree)
      try Self.checkThatItCanStart(placed, kit)
      guest = try AssembledGuest(
        placed, monitor: kit.monitor, kernel: .kept(kit.image.path),
        initramfs: padding.isEmpty ? .kept(kit.initramfsFile) : .bytes(kit.initramfs + padding))
    } catch let error as GuestImageError where error.isOfLayout {
      throw ImpossibleCase(description: error.description)
    }
    features = kit.features
  }

  private static func bus(_ made: ConformCase) throws -> DeviceBus {
    let devices = made.devices
    guard let gic = PhysicalRange(start: devices.gic, size: .mebibytes(2)),
      let uart = PhysicalRange(start: devices.uart, size: .mebibytes(2)),
      !made.banks.contains(where: { $0.overlaps(gic) || $0.overlaps(uart) })
    else { throw ImpossibleCase(description: "there is no room for the devices between banks") }
    return DeviceBus(gic: gic, uart: uart, dmaLimit: made.dmaLimit)
  }

  /// Boots the guest until its user space speaks or it has died.
  ///
  /// - Parameters:
  ///   - folder: for its files.
  ///   - deadline: until when it has to have done either.
  ///   - longestSilence: after which it counts as dead; nil for the whole time.
  ///   - keptConsole: where its console log is kept; a guest whose log is kept goes on to its end.
  package func boot(
    in folder: FilePath, deadline: Duration, longestSilence: Duration?, keptConsole: FilePath?
  ) async throws -> CaseOutcome {
    try HostFile.createDirectory(folder)
    try guest.write(to: folder)
    let console = folder.appending(GuestFile.console.rawValue)
    let command = ToolCommand(
      .named(EmulatorFeatures.program), guest.machine.arguments(for: features), directory: folder)
    let outcome = try await command.emulate(
      consoleLog: console,
      stages: [
        RunStage(
          name: "user space", end: .words(Array(GuestRecord.firstWords.utf8)),
          deadline: deadline, longestSilence: longestSilence),
        RunStage(
          name: keptConsole == nil ? "all that is compared" : "its end", end: .exit,
          deadline: keptConsole == nil ? .zero : deadline),
      ],
      death: GuestDeath(
        words: [KernelDistress.panicWords], stage: "the restart", grace: .milliseconds(200)
      ) { Transcript.isDeath($0, foreignTexts: []) })
    try Task.checkCancellation()
    let bytes =
      HostFile.exists(console)
      ? try HostFile.head(of: console, count: ConsoleLimits.bytes + 1) : []
    if let keptConsole { try HostFile.write(bytes, to: keptConsole) }
    return CaseOutcome(Transcript(bytes), halt: outcome.halt)
  }
}

extension GuestImageError {
  /// Whether it is the layout that leaves no room, and no file that is not as it should be.
  fileprivate var isOfLayout: Bool {
    switch self {
    case .noRoom, .tooManyTables, .outOfReach, .beyond32Bits: true
    case .misplaced, .unpacksElsewhere, .monitorTooLarge, .deviceTreeTooLarge: false
    }
  }
}
