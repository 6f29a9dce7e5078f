// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import Quantities
import Testing

@Suite struct DeviceBusTests {
  private static let source = """
    /dts-v1/;
    / {
      #address-cells = <2>;
      #size-cells = <2>;
      cpus { #address-cells = <1>; #size-cells = <0>; };
      soc { #address-cells = <2>; #size-cells = <2>; ranges; };
    };
    """

  private static let bus = DeviceBus(
    gic: range(0x3880_0000, 0x20_0000), uart: range(0x8_3080_0000, 0x20_0000),
    dmaLimit: PhysicalAddress(0x4000_0000))

  private static func blob(_ bus: DeviceBus) async throws -> [UInt8] {
    var request = request()
    request.bus = bus
    return try request.blob(completing: try await compiled(source))
  }

  @Test func rangesPutEachWindowWhereTheBoardHasIt() async throws {
    let ranges = try await fdtget(Self.blob(Self.bus), "/soc", "ranges", type: "x")
    #expect(ranges == "0 0 0 38800000 0 200000 0 200000 8 30800000 0 200000")
  }

  @Test func dmaRangesEndAtTheLimit() async throws {
    let reach = try await fdtget(Self.blob(Self.bus), "/soc", "dma-ranges", type: "x")
    #expect(reach == "0 0 0 0 0 40000000")
  }

  @Test func withoutALimitThereAreNoDMARanges() async throws {
    var bus = Self.bus
    bus.dmaLimit = nil
    let source = try await decompiled(Self.blob(bus))
    #expect(!source.contains("dma-ranges"))
    #expect(source.contains("ranges = "))
  }

  @Test func isReadBack() async throws {
    let contents = try DeviceTreeContents(of: try await Self.blob(Self.bus))
    #expect(contents.bus == Self.bus)
  }

  @Test func aTreeWithoutABusIsRefused() async throws {
    var request = request()
    request.bus = Self.bus
    let base = try await compiled()
    #expect(throws: DeviceTreeError.missing(property: "/soc")) {
      try request.blob(completing: base)
    }
  }
}
