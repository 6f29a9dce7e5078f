// SPDX-License-Identifier: Apache-2.0
package import MemoryRequests
package import Quantities

/// A guest to be predicted and booted.
package struct ConformCase: Hashable, Sendable {
  package var architecture: Architecture = .arm64
  /// By address, disjoint.
  package var banks: [PhysicalRange]
  package var regions: [ReservedRegion]
  package var memoryReservations: [PhysicalRange]
  /// `cma=…`, or nothing.
  package var parameters: String
  /// Parameters that decide what RAM the kernel has and maps, or nothing.
  package var memoryParameters = ""
  /// `crashkernel=…`, or nothing.
  var crashParameters = ""
  package var cpuCount: Int
  /// Of the bank that holds kernel, initramfs and device tree.
  package var homeBank: Int
  /// From the first 2 MiB boundary of that bank to the kernel.
  package var kernelOffset: UInt64
  /// Bytes of zeros behind the initramfs.
  package var padding: UInt64
  /// From the end of the kernel to the initramfs, and from there to the device tree.
  package var initramfsGap: UInt64
  var deviceTreeGap: UInt64
  /// The first address that the bus's devices do not reach.
  package var dmaLimit: PhysicalAddress?

  /// What the kernel is told; what it is told always stands first.
  package var commandLine: String {
    [Self.console, memoryParameters, crashParameters, parameters].filter { !$0.isEmpty }.joined(
      separator: " ")
  }

  /// QEMU's name of its CPUs, as boards have them.
  static let cpuModel = "cortex-a57"

  /// `panic=-1` restarts a kernel that dies, and QEMU ends there.
  private static let console = "console=ttyAMA0 earlycon panic=-1"
}

extension ConformCase: CustomStringConvertible {
  /// A board file and the options that go with it.
  package var description: String { boardFile(named: "conform") }

  /// The same of a file of that name.
  package func boardFile(named name: String) -> String {
    var lines = [
      "name: \(name)", "summary: found by cmalab conform", "architecture: \(architecture.rawValue)",
      "cpu: { model: \(Self.cpuModel), count: \(cpuCount) }",
      "devices: { gic: \(devices.gic), uart: \(devices.uart)\(reach) }", "physical-ram:",
    ]
    lines += banks.map { "  - { base: \($0.start), size: \(hexadecimal($0.size)) }" }
    lines += ["layouts:", "  only:", "    summary: the case", "    banks:"]
    lines += banks.map { "      - { base: \($0.start), size: \(hexadecimal($0.size)) }" }
    lines += ["defaults: { layout: only }", "sources: [cmalab conform]"]
    lines += ["# command line: \(commandLine)"]
    lines += regions.map { "# region: \($0)" }
    lines += memoryReservations.map { "# /memreserve/: \($0)" }
    lines.append(
      "# kernel at \(hexadecimal(ByteCount(kernelOffset))) in bank \(homeBank), initramfs "
        + "\(hexadecimal(ByteCount(initramfsGap))) behind it with "
        + "\(hexadecimal(ByteCount(padding))) of zeros, device tree "
        + "\(hexadecimal(ByteCount(deviceTreeGap))) behind that")
    return lines.joined(separator: "\n") + "\n"
  }

  private var reach: String { dmaLimit.map { ", dma-limit: \($0)" } ?? "" }

  /// Where the devices are: above all banks, or, where 32 bits have to do, in the highest gap below
  /// 4 GiB.
  var devices: (gic: PhysicalAddress, uart: PhysicalAddress) {
    guard architecture == .arm else {
      return (PhysicalAddress(0x7f_f000_0000), PhysicalAddress(0x7f_f020_0000))
    }
    let mebibyte: UInt64 = 1 << 20
    // As far from RAM as its memory map may be rounded (arch/arm/mm/init.c, pfn_valid).
    let room = 8 * mebibyte
    var start = 4096 * mebibyte - 4 * room
    for bank in banks.reversed() where bank.start.value < start + room {
      if bank.last.value < start - room { break }
      start = max(bank.start.value, 3 * room) / room * room - 2 * room
    }
    return (PhysicalAddress(start), PhysicalAddress(start + 2 * mebibyte))
  }

  private func hexadecimal(_ size: ByteCount) -> String { "0x" + String(size.bytes, radix: 16) }
}
