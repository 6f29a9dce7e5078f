// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import FlattenedTree
import MemoryRequests
import Quantities
import Testing

@Suite struct BuilderTests {
  @Test(arguments: [wide, stock], [1, 4])
  func layoutsAndCPUsAreReadBackByOthersToo(banks: [PhysicalRange], cpuCount: Int) async throws {
    var asked = request(banks)
    asked.cpuCount = cpuCount
    let blob = try asked.blob(completing: try await compiled())
    let contents = try DeviceTreeContents(of: blob)
    #expect(contents.banks == banks)
    #expect(contents.cpus.map(\.affinity) == (0..<UInt64(cpuCount)).map { $0 })
    #expect(contents.reservedMemory == nil)

    let low = String(banks[0].size.bytes, radix: 16)
    let high = String(banks[1].size.bytes, radix: 16)
    #expect(try await fdtget(blob, "/memory@0", "reg", type: "x") == "0 0 0 \(low)")
    #expect(try await fdtget(blob, "/memory@800000000", "reg", type: "x") == "8 0 0 \(high)")
    #expect(try await fdtget(blob, "/memory@0", "device_type", type: "s") == "memory")
    #expect(
      try await fdtget(blob, "/chosen", "bootargs", type: "s") == "console=ttyAMA0 cma=3000M")
    let last = "/cpus/cpu@\(cpuCount - 1)"
    #expect(try await fdtget(blob, last, "reg", type: "x") == String(cpuCount - 1, radix: 16))
    #expect(try await fdtget(blob, last, "compatible", type: "s") == "arm,cortex-a57")
    let tree = try FlattenedTree(validating: blob)
    #expect(
      try tree.string("enable-method", of: NodePath(last)) == (cpuCount > 1 ? "psci" : nil))
    #expect(
      try tree.children(of: "/cpus") == (0..<cpuCount).map { "cpu@\(String($0, radix: 16))" })
  }

  @Test func theSourceReadsAsAPersonWouldWriteIt() async throws {
    var asked = request()
    asked.initramfs = range(0x60_0000, 0x1_2345)
    asked.memoryReservations = [range(0x100_0000, 0x1000)]
    asked.reservedMemory = [
      ReservedRegion(
        name: "linux,cma", placement: .fixed([range(0x4000_0000, 0x1000_0000)]),
        compatible: ["shared-dma-pool"], isReusable: true, isLinuxCMADefault: true)
    ]
    let source = try await decompiled(try asked.blob(completing: try await compiled()))
    let lines = source.split(separator: "\n").map { $0.drop { $0 == "\t" } }
    let order = [
      "/memreserve/\t0x0000000001000000 0x0000000000001000;",
      "memory@0 {", "device_type = \"memory\";", "reg = <0x00 0x00 0x00 0xf0000000>;",
      "memory@800000000 {", "reserved-memory {", "ranges;", "linux,cma@40000000 {",
      "compatible = \"shared-dma-pool\";", "reg = <0x00 0x40000000 0x00 0x10000000>;", "reusable;",
      "linux,cma-default;", "chosen {", "bootargs = \"console=ttyAMA0 cma=3000M\";",
      "linux,initrd-start = <0x00 0x600000>;", "linux,initrd-end = <0x00 0x612345>;",
      "stdout-path = \"/pl011@ff000000\";", "cpus {", "cpu@0 {",
    ]
    var rest = lines[...]
    for line in order {
      let place = try #require(rest.firstIndex { $0 == line }, "'\(line)' is missing in\n\(source)")
      rest = rest[(place + 1)...]
    }
    #expect(!source.contains("seed"))
  }

  @Test func aConsumerRefersToItsRegion() async throws {
    var asked = request()
    asked.reservedMemory = [
      ReservedRegion(
        name: "video", placement: .fixed([range(0x5000_0000, 0x400_0000)]),
        compatible: ["shared-dma-pool"], isReusable: true)
    ]
    asked.consumers = [
      Consumer(name: "cmalab-default"), Consumer(name: "cmalab-video", region: "video"),
    ]
    let blob = try asked.blob(completing: try await compiled())
    #expect(try DeviceTreeContents(of: blob).consumers == asked.consumers)
    #expect(try await fdtget(blob, "/cmalab-default", "compatible", type: "s") == "cmalab,consumer")
    let phandle = try await fdtget(blob, "/reserved-memory/video@50000000", "phandle", type: "x")
    #expect(try await fdtget(blob, "/cmalab-video", "memory-region", type: "x") == phandle)

    asked.consumers = [Consumer(name: "cmalab-lost", region: "nowhere")]
    let error = await #expect(throws: DeviceTreeError.self) {
      try asked.blob(completing: try await compiled())
    }
    #expect("\(try #require(error))".contains("'cmalab-lost' refers to no region 'nowhere'"))
  }

  @Test func everyKindOfRegionIsReadBackAndKeepsItsOrder() async throws {
    let regions = [
      ReservedRegion(
        name: "cma-b", placement: .fixed([range(0x9580_0000, 0x380_0000)]),
        compatible: ["shared-dma-pool"], isReusable: true),
      ReservedRegion(
        name: "cma-a",
        placement: .fixed([range(0x4050_0000, 0x10_0000), range(0x5000_0000, 0x1000)]),
        isNoMap: true),
      ReservedRegion(
        name: "linux,cma",
        placement: .dynamic(
          size: .gibibytes(5), alignment: .mebibytes(4), within: [range(0x8_0000_0000, 0x8000_0000)]
        ),
        compatible: ["shared-dma-pool"], isReusable: true, isLinuxCMADefault: true),
      ReservedRegion(
        name: "anywhere", placement: .dynamic(size: .kibibytes(12), alignment: nil, within: []),
        compatible: ["vendor,private", "shared-dma-pool"]),
    ]
    var asked = request()
    asked.reservedMemory = regions
    asked.memoryReservations = [range(0x8000_0000, 0x1000), range(0, 0x10_0000)]
    let blob = try asked.blob(completing: try await compiled())
    let contents = try DeviceTreeContents(of: blob)
    #expect(contents.reservedMemory?.regions == regions)
    #expect(contents.reservedMemory?.hasRanges == true)
    #expect(contents.reservedMemory?.cells == contents.cells)
    #expect(contents.memoryReservations == asked.memoryReservations)
    let place = "/reserved-memory/linux,cma"
    #expect(try await fdtget(blob, place, "size", type: "x") == "1 40000000")
    #expect(try await fdtget(blob, place, "alignment", type: "x") == "0 400000")
    #expect(try await fdtget(blob, place, "alloc-ranges", type: "x") == "8 0 0 80000000")
    #expect(
      try await fdtget(blob, "/reserved-memory/cma-a@40500000", "reg", type: "x")
        == "0 40500000 0 100000 0 50000000 0 1000")
  }

  @Test func oneCellTreesTakeWhatFitsInThem() async throws {
    let narrow = """
      /dts-v1/;
      / {
        #address-cells = <1>;
        #size-cells = <1>;
        cpus { #address-cells = <1>; #size-cells = <0>; };
      };
      """
    let base = try await compiled(narrow)
    let blob = try request([range(0x8000_0000, 0x4000_0000)]).blob(completing: base)
    #expect(try await fdtget(blob, "/memory@80000000", "reg", type: "x") == "80000000 40000000")
    let error = #expect(throws: DeviceTreeError.self) { try request().blob(completing: base) }
    #expect(error == .tooWide(property: "/memory@800000000:reg", value: 0x8_0000_0000, cells: 1))
  }

  /// What a base tree says already, and the field that then reads otherwise.
  @Test(arguments: [
    ("memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x1000>; };", "memory"),
    ("reserved-memory-2 { device_type = \"memory\"; reg = <1 0 1 0>; };", "memory"),
    ("cpus { cpu@9 { device_type = \"cpu\"; reg = <9>; }; };", "/cpus"),
    (
      """
      reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
      a@1000 { reg = <0 0x1000 0 0x1000>; }; };
      """, "/reserved-memory"
    ),
    ("reserved-memory { #address-cells = <1>; };", "/reserved-memory cells"),
    (
      "reserved-memory { #address-cells = <2>; #size-cells = <2>; };", "/reserved-memory ranges"
    ),
  ])
  func aTreeThatReadsOtherwiseIsRefused(addition: String, field: String) async throws {
    let base = try await compiled(baseSource + "\n/ { \(addition) };")
    let error = #expect(throws: DeviceTreeError.self) { try request().blob(completing: base) }
    guard case .readBack(let found, _, _) = error else {
      Issue.record("not a read-back: \(String(describing: error))")
      return
    }
    #expect(found == field)
  }

  @Test func aMemreserveOfTheBaseIsReadBack() async throws {
    let base = try await compiled(
      baseSource.replacing("/dts-v1/;", with: "/dts-v1/; /memreserve/ 0x1000 0x1000;"))
    let error = #expect(throws: DeviceTreeError.self) { try request().blob(completing: base) }
    #expect(
      error == .readBack(field: "/memreserve/", asked: "none", found: "0x1000-0x1fff"))
  }

  @Test func everyFieldIsCompared() async throws {
    var asked = request()
    asked.initramfs = range(0x60_0000, 0x1000)
    let contents = try DeviceTreeContents(of: asked.blob(completing: try await compiled()))
    try asked.confirm(contents)
    let changes: [(String, (inout DeviceTreeRequest) -> Void)] = [
      ("memory", { $0.banks[1] = range(0x8_0000_0000, 0x2000) }),
      ("memory", { $0.banks.reverse() }),
      ("/cpus", { $0.cpuCount = 2 }),
      ("/cpus", { $0.cpuCompatible = "arm,cortex-a53" }),
      ("bootargs", { $0.bootArguments += " " }),
      ("initrd", { $0.initramfs = range(0x60_0000, 0x1001) }),
      ("initrd", { $0.initramfs = nil }),
      ("/memreserve/", { $0.memoryReservations = [range(0, 1)] }),
      (
        "/reserved-memory",
        { $0.reservedMemory = [ReservedRegion(name: "a", placement: .fixed([range(0, 1)]))] }
      ),
    ]
    for (field, change) in changes {
      var other = asked
      change(&other)
      let error = #expect(throws: DeviceTreeError.self) { try other.confirm(contents) }
      guard case .readBack(field, _, _) = error else {
        Issue.record("\(field) is not what differs: \(String(describing: error))")
        continue
      }
    }
  }

  @Test func whatNoTreeCanSayIsRefused() async throws {
    let base = try await compiled()
    let changes: [(String, (inout DeviceTreeRequest) -> Void)] = [
      ("banks", { $0.banks = [] }),
      ("cpus", { $0.cpuCount = 0 }),
      ("cpus", { $0.cpuCount = 9 }),
      ("bootargs", { $0.bootArguments = String(repeating: "a", count: 2048) }),
      (
        "bootargs",
        {
          $0.bootArguments = String(repeating: "a", count: 1024)
          $0.bootArgumentsLimit = DeviceTreeRequest.armBootArgumentsLimit
        }
      ),
      ("initrd", { $0.initramfs = range(.max, 1) }),
      (
        "reserved-memory",
        { $0.reservedMemory = [ReservedRegion(name: "a@1", placement: .fixed([range(1, 1)]))] }
      ),
    ]
    for (field, change) in changes {
      var asked = request()
      change(&asked)
      let error = #expect(throws: DeviceTreeError.self) { try asked.blob(completing: base) }
      guard case .request(field, _) = error else {
        Issue.record("\(field) is not what is refused: \(String(describing: error))")
        continue
      }
    }
    var twice = request()
    twice.banks.append(range(0, 0x1000))
    let error = #expect(throws: FDTError.self) { try twice.blob(completing: base) }
    #expect(error?.code == .exists)
    #expect(error?.path == "/memory@0")
  }
}
