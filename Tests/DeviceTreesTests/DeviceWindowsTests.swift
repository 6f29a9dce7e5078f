// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import Quantities
import Testing

@Suite struct DeviceWindowsTests {
  private let windows = DeviceWindows(
    uart: PhysicalAddress(0xff00_0000), gic: PhysicalAddress(0xf900_0000))

  @Test func agreeWithTheBaseTree() async throws {
    try windows.confirm(in: try await compiled(), from: "base.dts", board: "board.yaml")
  }

  @Test func bothNumbersAndPlacesAreSaid() async throws {
    let base = try await compiled()
    var moved = windows
    moved.uart = PhysicalAddress(0x900_0000)
    let error = #expect(throws: DeviceTreeError.self) {
      try moved.confirm(in: base, from: "base.dts", board: "board.yaml")
    }
    #expect(
      error?.description
        == "the PL011 is at 0xff000000 in base.dts (/pl011@ff000000:reg) and at 0x9000000 in "
        + "board.yaml: make the two agree")
    moved = windows
    moved.gic = PhysicalAddress(0x800_0000)
    #expect(throws: DeviceTreeError.self) {
      try moved.confirm(in: base, from: "base.dts", board: "board.yaml")
    }
  }

  @Test func busesThatTranslateNothingAreEntered() async throws {
    let source = { (ranges: String) in
      """
      /dts-v1/;
      / {
        #address-cells = <2>; #size-cells = <2>;
        soc {
          #address-cells = <1>; #size-cells = <1>; \(ranges)
          uart@ff000000 { compatible = "arm,pl011"; reg = <0xff000000 0x1000>; };
          gic@f9000000 { compatible = "arm,gic-400"; reg = <0xf9000000 0x1000>; };
        };
      };
      """
    }
    try windows.confirm(in: try await compiled(source("ranges;")), from: "a", board: "b")
    for ranges in ["", "ranges = <0 0 1 0x10000000>;"] {
      let base = try await compiled(source(ranges))
      let error = #expect(throws: DeviceTreeError.self) {
        try windows.confirm(in: base, from: "a", board: "b")
      }
      #expect(
        error == .deviceCount(what: "PL011", compatible: ["arm,pl011"], tree: "a", count: 0))
    }
  }
}
