// SPDX-License-Identifier: Apache-2.0

package import DeviceTrees
import MemoryRequests
import Quantities

extension GuestDesign {
  /// The finished tree, with the user's own source merged over it, and dtc's warnings on that.
  ///
  /// - Throws: `DeviceTreeError`, `FDTError`, `DTCError`, `ToolError` for a tree that cannot be made.
  func tree(
    cpuCompatible: String, initramfs: PhysicalRange, baseTree: [UInt8]
  ) async throws -> (blob: [UInt8], warnings: String) {
    let made = try blob(cpuCompatible: cpuCompatible, initramfs: initramfs, baseTree: baseTree)
    guard let fragment else { return (made, "") }
    let merged = try await DeviceTreeFragment(file: fragment).merged(over: made)
    return (try Consumer.adding(fragmentConsumers, to: merged.blob), merged.warnings)
  }

  /// The children of /reserved-memory that the finished tree has, whatever kernel starts with it.
  ///
  /// - Parameter baseTree: of the architecture.
  /// - Throws: as for any tree that cannot be made.
  package func declaredRegions(baseTree: [UInt8]) async throws -> [DeclaredRegion] {
    // No region depends on where the initramfs lies.
    guard let bank = banks.first,
      let initramfs = PhysicalRange(start: bank.start, size: .kibibytes(4))
    else { return [] }
    let tree = try await tree(
      cpuCompatible: "arm,cortex-a57", initramfs: initramfs, baseTree: baseTree)
    return try DeclaredRegion.all(in: tree.blob)
  }

  /// The device tree, of ours or the board's own.
  private func blob(
    cpuCompatible: String, initramfs: PhysicalRange, baseTree: [UInt8]
  ) throws -> [UInt8] {
    let request = DeviceTreeRequest(
      banks: banks, cpuCompatible: cpuCompatible, cpuCount: cpuCount, bootArguments: commandLine,
      bootArgumentsLimit: commandLineLimit, initramfs: initramfs, reservedMemory: regions,
      memoryReservations: memoryReservations, consumers: consumers, bus: bus)
    guard let ownTree else { return try request.blob(completing: baseTree) }
    return try request.blob(
      makingOver: ownTree, devicesOf: baseTree, fillsInMemory: fillsInMemory)
  }
}
