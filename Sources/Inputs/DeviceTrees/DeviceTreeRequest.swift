// SPDX-License-Identifier: Apache-2.0

// A board's device tree: what its base tree lacks is written, read back and compared, so that what
// the guest is told is known to be what was asked for.

package import MemoryRequests
package import Quantities

/// What a guest's tree is to say, all that differs from run to run: a base tree of ours is completed
/// with it (``blob(completing:)``), or a board's own tree made over
/// (``blob(makingOver:devicesOf:fillsInMemory:)``).
package struct DeviceTreeRequest: Hashable, Sendable {
  /// RAM, one memory node a bank, in this order.
  package var banks: [PhysicalRange]
  /// The `compatible` of every CPU, as in `arm,cortex-a57`.
  package var cpuCompatible: String
  /// CPUs, 1 … ``maximumCPUCount``; with more than one they are started through PSCI.
  package var cpuCount: Int
  /// The kernel's command line, at most ``bootArgumentsLimit`` bytes.
  package var bootArguments: String
  /// The kernel's COMMAND_LINE_SIZE less its NUL (arch/ARCH/include/uapi/asm/setup.h); it
  /// silently cuts a longer one.
  package var bootArgumentsLimit: Int
  /// Where the initramfs lies; nil for none.
  package var initramfs: PhysicalRange?
  /// The children of /reserved-memory, in this order, which is the kernel's order for static ones.
  package var reservedMemory: [ReservedRegion]
  /// `/memreserve/` entries, in this order.
  package var memoryReservations: [PhysicalRange]
  /// Devices for the test module, in this order.
  package var consumers: [Consumer]
  /// Where the guest has its devices; nil leaves them where the base tree has them.
  package var bus: DeviceBus?

  package init(
    banks: [PhysicalRange], cpuCompatible: String, cpuCount: Int = 1, bootArguments: String,
    bootArgumentsLimit: Int = arm64BootArgumentsLimit, initramfs: PhysicalRange? = nil,
    reservedMemory: [ReservedRegion] = [], memoryReservations: [PhysicalRange] = [],
    consumers: [Consumer] = [], bus: DeviceBus? = nil
  ) {
    self.banks = banks
    self.cpuCompatible = cpuCompatible
    self.cpuCount = cpuCount
    self.bootArguments = bootArguments
    self.bootArgumentsLimit = bootArgumentsLimit
    self.initramfs = initramfs
    self.reservedMemory = reservedMemory
    self.memoryReservations = memoryReservations
    self.consumers = consumers
    self.bus = bus
  }

  /// The CPU interfaces of a GICv2, one bit a CPU in a byte of GICD_ITARGETSR (ARM IHI 0048B.b,
  /// 4.3.12).
  static let maximumCPUCount = CPUCounts.ofGICv2.upperBound

  package static let arm64BootArgumentsLimit = 2047
  package static let armBootArgumentsLimit = 1023
}
