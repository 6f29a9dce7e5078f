// SPDX-License-Identifier: Apache-2.0
import GuestImages
import Quantities
import Testing

@Suite struct MachineMemoryTests {
  @Test(arguments: 0..<UInt64(60))
  func banksAreCongruentAndApart(seed: UInt64) {
    let banks = randomBanks(seed)
    let memory = MachineMemory(banks: banks)
    #expect(memory.banks.map(\.bank) == banks)
    #expect(memory.size.bytes % (1 << 20) == 0)
    let end = MachineMemory.ramStart.value + memory.size.bytes

    // What QEMU and the monitor keep for themselves.
    var free: UInt64 = 0x4040_0000
    for backed in memory.banks {
      let block: UInt64 = backed.bank.size >= .gibibytes(1) ? 1 << 30 : 1 << 21
      #expect(backed.machineStart.value % block == backed.bank.start.value % block)
      #expect(backed.machineStart.value >= free)
      free = backed.machineStart.value + backed.bank.size.bytes
    }
    #expect(free <= end)
    #expect(end - free < 1 << 21)
  }

  @Test func theBoardsBanks() {
    let wide = MachineMemory(banks: [range(0, 0xf000_0000), range(0x8_0000_0000, 0x1000_0000)])
    #expect(
      wide.banks.map(\.machineStart) == [0x8000_0000, 0x1_7000_0000].map(PhysicalAddress.init))
    #expect(wide.size == .gibibytes(5))
    let small = MachineMemory(banks: [range(0x1000, 0x1000)])
    #expect(small.banks.map(\.machineStart) == [PhysicalAddress(0x4040_1000)])
    #expect(small.size == .mebibytes(6))
  }

  @Test func anAddressIsInOneBankOrNone() {
    let memory = MachineMemory(banks: [range(0x1000, 0x2000), range(0x8_0000_0000, 0x1000)])
    #expect(memory.machineAddress(of: PhysicalAddress(0xfff)) == nil)
    #expect(memory.machineAddress(of: PhysicalAddress(0x1000)) == PhysicalAddress(0x4040_1000))
    #expect(memory.machineAddress(of: PhysicalAddress(0x2fff)) == PhysicalAddress(0x4040_2fff))
    #expect(memory.machineAddress(of: PhysicalAddress(0x3000)) == nil)
    #expect(
      memory.machineAddress(of: PhysicalAddress(0x8_0000_0fff)) == PhysicalAddress(0x4060_0fff))
  }
}
