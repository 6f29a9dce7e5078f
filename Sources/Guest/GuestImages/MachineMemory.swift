// SPDX-License-Identifier: Apache-2.0

// What is put into the guest, and where: the banks in the emulated machine's RAM, the stage-2
// tables that make them appear at the board's addresses, monitor, kernel, initramfs, device tree.

package import Quantities

/// Why a guest cannot be put together.
package enum GuestImageError: Error, Hashable, CustomStringConvertible {
  case noRoom(in: PhysicalRange, needed: ByteCount)
  /// A file was given a place where it cannot lie.
  case misplaced(String, PhysicalAddress, why: String)
  /// A zImage there takes another address than the bank's for the start of RAM.
  case unpacksElsewhere(PhysicalRange, entry: PhysicalAddress)
  case tooManyTables(limit: Int)
  /// Past what the guest can address.
  case outOfReach(PhysicalRange)
  /// A 32-bit CPU starts with its MMU off.
  case beyond32Bits(String, PhysicalAddress)
  case monitorTooLarge(ByteCount)
  case deviceTreeTooLarge(ByteCount)

  package var description: String {
    switch self {
    case .noRoom(let bank, let needed):
      "the first bank, \(bank), has \(bank.size), and kernel, initramfs and device tree need "
        + "\(needed): give it more RAM"
    case .misplaced(let what, let address, let why):
      "the \(what) cannot lie at \(address): \(why)"
    case .unpacksElsewhere(let bank, let entry):
      "the first bank, \(bank), starts just below a multiple of 128 MiB, and a zImage at \(entry) "
        + "takes that for the start of RAM: move the bank's start"
    case .tooManyTables(let limit):
      "the layout's banks need more than \(limit) stage-2 tables: align them to 2 MiB or 1 GiB"
    case .outOfReach(let range):
      "\(range) is past the guest's address space of \(StageTwoTables.addressBits) bits: such a guest "
        + "can be predicted, and not booted"
    case .beyond32Bits(let what, let address):
      "the \(what) would lie at \(address), and a 32-bit CPU starts with addresses below 4 GiB: give "
        + "a bank there with --bank; as it is, such a guest can be predicted, and not booted"
    case .monitorTooLarge(let size):
      "the monitor's code has \(size), and one page is reserved for it"
    case .deviceTreeTooLarge(let size):
      "the device tree has \(size), and a kernel takes at most 2 MiB: leave nodes out of it"
    }
  }
}

/// The board's banks as they lie in the RAM of the emulated machine.
///
/// QEMU's virt machine has RAM from 0x40000000 up and keeps the first 2 MiB for its own device tree
/// (hw/arm/virt.c); the monitor takes the next 2 MiB; the banks follow, packed.
package struct MachineMemory: Hashable, Sendable {
  package struct BackedBank: Hashable, Sendable {
    /// Where the guest sees it.
    package let bank: PhysicalRange
    /// Where it lies in the machine.
    package let machineStart: PhysicalAddress
  }

  package static let ramStart = PhysicalAddress(0x4000_0000)
  package static let monitorStart = PhysicalAddress(0x4020_0000)
  private static let banksStart: UInt64 = 0x4040_0000

  package let banks: [BackedBank]
  /// The machine's RAM, a whole number of MiB.
  package let size: ByteCount

  /// - Parameter banks: page-aligned, at most 2^39 bytes in all.
  package init(banks: [PhysicalRange]) {
    var next = Self.banksStart
    self.banks = banks.map { bank in
      // Congruent modulo the block size, so that blocks of that size can map it.
      let block: Alignment = bank.size >= .gibibytes(1) ? .block1G : .block2M
      let offset = bank.start.value - block.down(bank.start.value)
      var start = block.down(next) + offset
      if start < next { start += block.bytes }
      next = Alignment.block2M.down(start + bank.size.bytes + Alignment.block2M.bytes - 1)
      return BackedBank(bank: bank, machineStart: PhysicalAddress(start))
    }
    size = ByteCount(next - Self.ramStart.value)
  }

  /// Where in the machine a guest-physical address lies; nil outside the banks.
  package func machineAddress(of address: PhysicalAddress) -> PhysicalAddress? {
    guard let backed = banks.first(where: { $0.bank.contains(address) }) else { return nil }
    return PhysicalAddress(backed.machineStart.value + (address.value - backed.bank.start.value))
  }
}
