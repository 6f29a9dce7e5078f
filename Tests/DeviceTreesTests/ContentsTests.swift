// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import FlattenedTree
import MemoryRequests
import Quantities
import Testing

@Suite struct ContentsTests {
  private func contents(_ body: String) async throws -> DeviceTreeContents {
    try DeviceTreeContents(of: try await compiled("/dts-v1/;\n/ { \(body) };"))
  }

  @Test func ownCellCountsAreTaken() async throws {
    let contents = try await contents(
      """
      #address-cells = <2>; #size-cells = <1>;
      memory@0 { device_type = "memory"; reg = <0 0 0x1000>, <8 0 0>, <8 0x1000 0x2000>; };
      cpus { #address-cells = <2>; #size-cells = <0>;
        cpu@100000001 { device_type = "cpu"; reg = <1 1>; compatible = "arm,cortex-a72"; }; };
      chosen { linux,initrd-start = <0x1000>; linux,initrd-end = <0 0x3000>; rng-seed = [00]; };
      reserved-memory { #address-cells = <1>; #size-cells = <1>;
        a@5000 { reg = <0x5000 0x1000>; no-map; };
        off@6000 { reg = <0x6000 0x1000>; status = "disabled"; };
        b { size = <0x2000>; }; };
      """)
    #expect(contents.banks == [range(0, 0x1000), range(0x8_0000_1000, 0x2000)])
    #expect(contents.cpus.map(\.affinity) == [0x1_0000_0001])
    #expect(contents.cpus.map(\.compatible) == [["arm,cortex-a72"]])
    #expect(contents.bootArguments == nil)
    #expect(contents.initramfs == range(0x1000, 0x2000))
    #expect(contents.seeds == ["rng-seed"])
    #expect(contents.reservedMemory?.hasRanges == false)
    #expect(
      contents.reservedMemory?.regions == [
        ReservedRegion(name: "a", placement: .fixed([range(0x5000, 0x1000)]), isNoMap: true),
        ReservedRegion(
          name: "b", placement: .dynamic(size: ByteCount(0x2000), alignment: nil, within: [])),
      ])
  }

  @Test func memoryIsWhatTheKernelTakesForIt() async throws {
    let contents = try await contents(
      """
      memory@1000 { device_type = "memory"; reg = <0x1000 0x1000>; status = "disabled"; };
      memory@2000 { device-type = "memory"; reg = <0x2000 0x1000>; };
      memory@3000 { device_type = "memory"; reg = <0x3000 0x1000>;
        linux,usable-memory = <0x3800 0x800>; };
      soc { memory@4000 { device_type = "memory"; reg = <0x4000 0x1000>; }; };
      """)
    #expect(contents.banks == [range(0x3800, 0x800)])
    #expect(contents.cells.address == 1 && contents.cells.size == 1)
  }

  @Test(arguments: [
    (
      "#address-cells = <3>;",
      DeviceTreeError.cellCount(property: "/:#address-cells", count: 3, allowed: 1...2)
    ),
    (
      "#size-cells = <0>;",
      .cellCount(property: "/:#size-cells", count: 0, allowed: 1...2)
    ),
    (
      "cpus { #address-cells = <1>; #size-cells = <1>; };",
      .cellCount(property: "/cpus:#size-cells", count: 1, allowed: 0...0)
    ),
    (
      "m { device_type = \"memory\"; reg = <1 2 3>; };",
      .partialEntry(property: "/m:reg", cells: 3, cellsPerEntry: 2)
    ),
    (
      "#address-cells = <2>; #size-cells = <2>; m { device_type = \"memory\"; reg = <(-1) 0 1 1>; };",
      .wraps(property: "/m:reg", start: 0xffff_ffff_0000_0000, byteCount: 0x1_0000_0001)
    ),
    (
      "chosen { linux,initrd-start = <2>; linux,initrd-end = <2>; };",
      .reversed(property: "/chosen:linux,initrd-end", start: 2, end: 2)
    ),
    (
      "chosen { linux,initrd-start = <2>; };", .missing(property: "/chosen:linux,initrd-end")
    ),
    (
      "cpus { #size-cells = <0>; c { device_type = \"cpu\"; }; };",
      .missing(property: "/cpus/c:reg")
    ),
  ])
  func whatMakesNoSenseIsTyped(body: String, expected: DeviceTreeError) async throws {
    let blob = try await compiled("/dts-v1/;\n/ { \(body) };")
    let error = #expect(throws: DeviceTreeError.self) { try DeviceTreeContents(of: blob) }
    #expect(error == expected)
  }

  @Test func propertiesOfTheWrongKindAreTyped() async throws {
    for body in [
      "#address-cells = [01];", "chosen { bootargs = [41]; };",
      "chosen { linux,initrd-start = [01 02]; };", "m { device_type = \"memory\"; reg = [01]; };",
    ] {
      let blob = try await compiled("/dts-v1/;\n/ { \(body) };")
      let error = #expect(throws: FDTError.self) { try DeviceTreeContents(of: blob) }
      guard case .badValue = error?.code else {
        Issue.record("\(body) gives \(String(describing: error))")
        continue
      }
    }
  }

  @Test func anEntryTooManyIsRefused() async throws {
    let entries = String(repeating: "1 1 ", count: DeviceTreeContents.maximumEntryCount + 1)
    let blob = try await compiled(
      "/dts-v1/; / { m { device_type=\"memory\"; reg=<\(entries)>; }; };")
    #expect(throws: DeviceTreeError.self) { try DeviceTreeContents(of: blob) }
  }

  /// A built tree, as a guest's copy of it would be, cut or damaged anywhere.
  @Test func aDamagedTreeIsRefusedOrRead() async throws {
    let blob = try request().blob(completing: try await compiled())
    for length in 0..<blob.count {
      #expect(throws: FDTError.self) { try DeviceTreeContents(of: Array(blob.prefix(length))) }
    }
    var differing = 0
    for offset in blob.indices {
      for bit in 0..<8 {
        var damaged = blob
        damaged[offset] ^= 1 << bit
        do {
          try request().confirm(DeviceTreeContents(of: damaged))
        } catch is FDTError {
          differing += 1
        } catch is DeviceTreeError {
          differing += 1
        }
      }
    }
    #expect(differing > 0)
  }
}
