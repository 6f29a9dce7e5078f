// SPDX-License-Identifier: Apache-2.0
package import Quantities

/// The EL2 monitor as it is loaded into the machine: its code, its parameter page, room for its
/// mailboxes, and the stage-2 tables. `images/monitor/monitor.S` is the other side of this layout.
package struct MonitorImage: Hashable, Sendable {
  /// A range of the machine's devices and where the guest is to see it.
  package struct DeviceWindow: Hashable, Sendable {
    package let window: PhysicalRange
    package let machineStart: PhysicalAddress

    package init(window: PhysicalRange, machineStart: PhysicalAddress) {
      self.window = window
      self.machineStart = machineStart
    }
  }

  /// QEMU's virt machine (hw/arm/virt.c, base_memmap): the GICv2 and the PL011.
  package static let machineGIC = PhysicalAddress(0x0800_0000)
  package static let machineUART = PhysicalAddress(0x0900_0000)

  private static let pageBytes = 0x1000
  private static let tablesOffset = 0x3000
  private static let roomForTables = (2 << 20) - tablesOffset

  package let bytes: [UInt8]

  /// - Parameters:
  ///   - code: the assembled monitor, at most 4 KiB.
  ///   - architecture: of the guest.
  ///   - entry: the kernel's first instruction, guest-physical.
  ///   - deviceTree: guest-physical.
  package init(
    code: [UInt8], memory: MachineMemory, devices: [DeviceWindow],
    architecture: Architecture, cpuCount: Int, entry: PhysicalAddress, deviceTree: PhysicalAddress
  ) throws(GuestImageError) {
    guard code.count <= Self.pageBytes else {
      throw .monitorTooLarge(ByteCount(UInt64(code.count)))
    }
    let base = PhysicalAddress(MachineMemory.monitorStart.value + UInt64(Self.tablesOffset))
    var tables = StageTwoTables(base: base, limit: Self.roomForTables / Self.pageBytes)
    for backed in memory.banks {
      try tables.map(backed.bank, to: backed.machineStart, as: .ram)
    }
    for device in devices {
      try tables.map(device.window, to: device.machineStart, as: .device)
    }

    let parameters: [UInt64] =
      [
        Self.magic, base.value, Self.translationControl,
        Self.hypervisorConfiguration(architecture, cpuCount: cpuCount),
        Self.savedProgramStatus(architecture), entry.value,
      ]
      + Self.registers(architecture, deviceTree: deviceTree)
      + [Self.systemControl(architecture)]
    let parameterBytes = parameters.flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    bytes =
      Self.padded(code, to: Self.pageBytes) + Self.padded(parameterBytes, to: Self.pageBytes)
      + Self.padded([], to: Self.pageBytes) + tables.bytes
  }

  /// `CMALABM1`, read as a little-endian word.
  private static let magic: UInt64 = 0x314d_4241_4c41_4d43

  /// VTCR_EL2: a 39-bit guest-physical space (T0SZ 25) from level 1 (SL0 1), walks write-back and
  /// inner shareable, 4 KiB granule, 40-bit output, RES1 bit 31.
  private static let translationControl: UInt64 =
    25 | 1 << 6 | 1 << 8 | 1 << 10 | 0b11 << 12 | 0b010 << 16 | 1 << 31

  /// SPSR_EL2: EL1h, or 32-bit SVC, with asynchronous aborts, IRQ and FIQ masked (and debug
  /// exceptions in AArch64), as both boot protocols ask.
  private static func savedProgramStatus(_ architecture: Architecture) -> UInt64 {
    switch architecture {
    case .arm64: 0x3c5
    case .arm: 0x1d3
    }
  }

  /// SCTLR_EL1 at the kernel's entry: what has to be set is, MMU and caches are off.
  ///
  /// Of a 32-bit guest it is the reset value of a Cortex-A57 (Technical Reference Manual, 4.5.11):
  /// the bits that have to be set in AArch64 mean something else there.
  private static func systemControl(_ architecture: Architecture) -> UInt64 {
    switch architecture {
    case .arm64: 0x30d0_0800
    case .arm: 0x00c5_0838
    }
  }

  /// x0 to x3 at the kernel's entry: Documentation/arm64/booting.rst, section 4; of a 32-bit guest
  /// Documentation/arm/booting.rst, section 5, with a machine type that no board has.
  private static func registers(
    _ architecture: Architecture, deviceTree: PhysicalAddress
  ) -> [UInt64] {
    switch architecture {
    case .arm64: [deviceTree.value, 0, 0, 0]
    case .arm: [0, 0xffff_ffff, deviceTree.value, 0]
    }
  }

  /// HCR_EL2: stage 2 on (VM), EL1 is AArch64 (RW) unless the guest is not, and SMC trapped (TSC)
  /// where there are further CPUs to start, so that they too come up under the monitor.
  private static func hypervisorConfiguration(
    _ architecture: Architecture, cpuCount: Int
  ) -> UInt64 {
    1 | (architecture == .arm64 ? 1 << 31 : 0) | (cpuCount > 1 ? 1 << 19 : 0)
  }

  private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + Array(repeating: 0, count: count - bytes.count)
  }
}
