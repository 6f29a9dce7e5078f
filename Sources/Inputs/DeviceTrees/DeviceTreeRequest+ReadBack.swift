// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
import Quantities

extension DeviceTreeRequest {
  /// Compares what a tree says with what was asked for.
  ///
  /// - Throws: `DeviceTreeError` with the first field that differs and both its values.
  package func confirm(_ contents: DeviceTreeContents) throws(DeviceTreeError) {
    func expect<Value: Equatable>(
      _ field: String, _ asked: Value, _ found: Value, _ text: (Value) -> String
    ) throws(DeviceTreeError) {
      guard asked == found else {
        throw .readBack(field: field, asked: text(asked), found: text(found))
      }
    }
    try expect("memory", banks, contents.banks, Self.text)
    let cpus = (0..<cpuCount).map { index in
      DeviceTreeContents.CPU(
        affinity: UInt64(index), compatible: [cpuCompatible],
        enableMethod: cpuCount > 1 ? "psci" : nil)
    }
    try expect("/cpus", cpus, contents.cpus, Self.text)
    try expect("bootargs", bootArguments, contents.bootArguments) { $0.map { "'\($0)'" } ?? "none" }
    try expect("initrd", initramfs, contents.initramfs) { $0?.description ?? "none" }
    try expect("random seeds", [], contents.seeds, Self.text)
    try expect(
      "/reserved-memory", reservedMemory, contents.reservedMemory?.regions ?? [], Self.text)
    if let node = contents.reservedMemory {
      try expect("/reserved-memory cells", contents.cells, node.cells) {
        "\($0.address) and \($0.size)"
      }
      try expect("/reserved-memory ranges", true, node.hasRanges) { $0 ? "present" : "absent" }
    }
    try expect("consumers", consumers, contents.consumers, Self.text)
    if let bus {
      try expect("the devices' bus", bus, contents.bus) { $0?.description ?? "none" }
    }
    try expect("/memreserve/", memoryReservations, contents.memoryReservations, Self.text)
  }

  private static func text(_ values: [some CustomStringConvertible]) -> String {
    values.isEmpty ? "none" : values.map(\.description).joined(separator: "; ")
  }
}

extension DeviceTreeContents.CPU: CustomStringConvertible {
  /// `cpu 1 (arm,cortex-a57, psci)`.
  package var description: String {
    let words = compatible + [enableMethod].compactMap { $0 }
    return "cpu \(String(affinity, radix: 16)) (\(words.joined(separator: ", ")))"
  }
}
