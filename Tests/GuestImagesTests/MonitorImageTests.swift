// SPDX-License-Identifier: Apache-2.0
import GuestImages
import Quantities
import Testing

/// The layout that images/monitor/monitor.S reads.
@Suite struct MonitorImageTests {
  private let memory = MachineMemory(banks: [
    range(0, 0xf000_0000), range(0x8_0000_0000, 0x1000_0000),
  ])
  private let devices = [
    MonitorImage.DeviceWindow(
      window: range(0xf900_0000, 0x20_0000), machineStart: MonitorImage.machineGIC),
    MonitorImage.DeviceWindow(
      window: range(0xff00_0000, 0x20_0000), machineStart: MonitorImage.machineUART),
  ]

  private func image(
    code: [UInt8] = [1, 2, 3], for architecture: Architecture = .arm64, cpuCount: Int = 1
  ) throws -> [UInt8] {
    try MonitorImage(
      code: code, memory: memory, devices: devices, architecture: architecture,
      cpuCount: cpuCount, entry: PhysicalAddress(0x28_0000), deviceTree: PhysicalAddress(0x60_cc40)
    ).bytes
  }

  private func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  @Test func theParametersStandWhereTheMonitorLooks() throws {
    let bytes = try image()
    #expect(Array(bytes[0x1000..<0x1008]) == Array("CMALABM1".utf8))
    // VTTBR_EL2, VTCR_EL2, HCR_EL2, SPSR_EL2, ELR_EL2, x0 to x3, SCTLR_EL1.
    #expect(
      (1...10).map { word(bytes, 0x1000 + 8 * $0) } == [
        0x4020_3000, 0x8002_3559, 0x8000_0001, 0x3c5, 0x28_0000, 0x60_cc40, 0, 0, 0, 0x30d0_0800,
      ])
    #expect(bytes[0x1058..<0x3000].allSatisfy { $0 == 0 })
  }

  /// SVC in place of EL1h, and the registers of the 32-bit boot protocol.
  @Test func aGuestOf32BitsStartsAsItExpects() throws {
    let bytes = try image(for: .arm, cpuCount: 2)
    #expect(
      (1...10).map { word(bytes, 0x1000 + 8 * $0) } == [
        0x4020_3000, 0x8002_3559, 0x8_0001, 0x1d3, 0x28_0000, 0, 0xffff_ffff, 0x60_cc40, 0,
        0xc5_0838,
      ])
  }

  /// Calls to PSCI are trapped where there are CPUs to start.
  @Test(arguments: [(1, 0x8000_0001), (2, 0x8008_0001), (8, 0x8008_0001)] as [(Int, UInt64)])
  func furtherCPUsComeUpUnderTheMonitor(cpuCount: Int, configuration: UInt64) throws {
    #expect(word(try image(cpuCount: cpuCount), 0x1018) == configuration)
  }

  @Test func theCodeHasAPage() throws {
    let bytes = try image()
    #expect(bytes[..<0x1000].elementsEqual([1, 2, 3] + Array(repeating: 0, count: 0xffd)))
    let full = Array(repeating: UInt8(7), count: 0x1000)
    #expect(try image(code: full)[..<0x1000].elementsEqual(full))
    #expect(throws: GuestImageError.monitorTooLarge(ByteCount(0x1001))) {
      try image(code: full + [7])
    }
  }

  @Test func theTablesMapBanksAndDevices() throws {
    let bytes = try image()
    let walker = TableWalker(base: 0x4020_3000, bytes: Array(bytes[0x3000...]))
    #expect(try walker.leaf(at: 0)?.machine == 0x8000_0000)
    #expect(try walker.leaf(at: 0xefff_f000)?.guest.upperBound == 0xf000_0000)
    #expect(try walker.leaf(at: 0xf000_0000) == nil)
    #expect(try walker.leaf(at: 0x8_0000_0000)?.machine == 0x1_7000_0000)
    #expect(try walker.leaf(at: 0xf901_0000)?.machine == 0x0800_0000)
    #expect(try walker.leaf(at: 0xff00_0000)?.machine == 0x0900_0000)
    #expect(try walker.leaves().reduce(0) { $0 + $1.guest.count } == 1 << 32 + 2 << 21)
  }

  /// Monitor and tables lie in front of the first bank.
  @Test func theTablesHaveTheRestOfTheMonitorsBlock() throws {
    let scattered = (0..<200).map { range($0 << 30 | 0x1000, 0x1000) }
    #expect(throws: Never.self) { try build(scattered) }
    let tooMany = (0..<255).map { range($0 << 30 | 0x1000, 0x1000) }
    #expect(throws: GuestImageError.tooManyTables(limit: 509)) { try build(tooMany) }
  }

  private func build(_ banks: [PhysicalRange]) throws {
    let image = try MonitorImage(
      code: [], memory: MachineMemory(banks: banks), devices: [], architecture: .arm64,
      cpuCount: 1, entry: PhysicalAddress(0), deviceTree: PhysicalAddress(0))
    #expect(image.bytes.count <= 2 << 20)
  }
}
