// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import HostFiles
import HostProcesses
import Quantities
import SystemPackage

/// A base tree as a board's is, without memory, CPUs and reserved memory.
let baseSource = """
  /dts-v1/;
  / {
    #address-cells = <2>;
    #size-cells = <2>;
    interrupt-parent = <&gic>;
    compatible = "linux,dummy-virt";
    chosen {
      stdout-path = "/pl011@ff000000";
      kaslr-seed = <1 2>;
      rng-seed = [01 02 03];
    };
    cpus {
      #address-cells = <1>;
      #size-cells = <0>;
    };
    psci {
      compatible = "arm,psci-1.0", "arm,psci-0.2";
      method = "smc";
    };
    gic: interrupt-controller@f9000000 {
      compatible = "arm,cortex-a15-gic";
      #interrupt-cells = <3>;
      interrupt-controller;
      reg = <0 0xf9000000 0 0x10000>, <0 0xf9010000 0 0x10000>;
    };
    clock: clock {
      compatible = "fixed-clock";
      #clock-cells = <0>;
      clock-frequency = <24000000>;
    };
    pl011@ff000000 {
      compatible = "arm,pl011", "arm,primecell";
      reg = <0 0xff000000 0 0x1000>;
      interrupts = <0 1 4>;
      clocks = <&clock>, <&clock>;
      clock-names = "uartclk", "apb_pclk";
    };
  };
  """

/// Runs `body` in a folder of its own, removed afterwards.
func withFolder<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
  let folder = FilePath("/tmp/cmalab-device-trees-test-\(UInt64.random(in: 0 ... .max))")
  try HostFile.createDirectory(folder)
  do {
    let value = try await body(folder)
    try HostFile.remove(folder)
    return value
  } catch {
    try HostFile.remove(folder)
    throw error
  }
}

func compiled(_ source: String = baseSource) async throws -> [UInt8] {
  try await withFolder { folder in
    let file = folder.appending("base.dts")
    try HostFile.write(Array(source.utf8), to: file)
    return try await DTC().blob(of: file).blob
  }
}

func decompiled(_ blob: [UInt8]) async throws -> String {
  try await DTC().source(of: blob)
}

/// What `fdtget` says of a property, written in the way of `type`.
func fdtget(_ blob: [UInt8], _ node: String, _ property: String, type: String) async throws
  -> String
{
  try await withFolder { folder in
    let file = folder.appending("board.dtb")
    try HostFile.write(blob, to: file)
    let output = try await ToolCommand(
      .named("fdtget"), ["-t", type, file.string, node, property]
    ).output()
    return String(decoding: output.dropLast(), as: UTF8.self)
  }
}

/// A range from literals.
func range(_ start: UInt64, _ size: UInt64) -> PhysicalRange {
  guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)) else {
    preconditionFailure("a test's range is empty or wraps")
  }
  return range
}

/// The layouts of the 4 GiB board.
let wide = [range(0, 0xf000_0000), range(0x8_0000_0000, 0x1000_0000)]
let stock = [range(0, 0x7ff0_0000), range(0x8_0000_0000, 0x8000_0000)]

func request(_ banks: [PhysicalRange] = wide) -> DeviceTreeRequest {
  DeviceTreeRequest(
    banks: banks, cpuCompatible: "arm,cortex-a57", bootArguments: "console=ttyAMA0 cma=3000M")
}
