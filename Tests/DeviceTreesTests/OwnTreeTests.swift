// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import FlattenedTree
import HostFiles
import MemoryRequests
import Quantities
import SystemPackage
import Testing

/// Boards' own trees: what is read of one, and what a guest gets of it.
@Suite struct OwnTreeTests {
  /// A board as vendors write them: buses in buses, firmware at the start of RAM, a pool with a user.
  private static let source = """
    /dts-v1/;
    /memreserve/ 0x41000000 0x10000;
    / {
      #address-cells = <2>;
      #size-cells = <1>;
      model = "Vendor Board";
      compatible = "vendor,board", "vendor,soc";
      interrupt-parent = <&gic>;
      chosen { bootargs = "console=ttyS0,115200 quiet cma=32M root=/dev/mmcblk0p2 -- single";
               stdout-path = "/soc/serial@1000"; linux,initrd-start = <0x48000000>;
               linux,initrd-end = <0x48100000>; kaslr-seed = <1 2>; };
      cpus {
        #address-cells = <2>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a53"; reg = <0 0x100>;
                enable-method = "spin-table"; next-level-cache = <&l2>; };
        cpu@1 { device_type = "cpu"; compatible = "arm,cortex-a53"; reg = <0 0x101>;
                enable-method = "spin-table"; status = "disabled"; };
        cpu@2 { device_type = "cpu"; compatible = "arm,cortex-a53"; reg = <0 0x102>; };
        l2: l2-cache { compatible = "cache"; };
      };
      memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0x20000000>; };
      reserved-memory {
        #address-cells = <2>;
        #size-cells = <1>;
        ranges;
        firmware@40000000 { reg = <0 0x40000000 0x200000>; no-map; };
        video: video@50000000 { compatible = "shared-dma-pool"; reusable;
                                reg = <0 0x50000000 0x1000000>; };
      };
      soc {
        compatible = "simple-bus";
        #address-cells = <1>;
        #size-cells = <1>;
        ranges = <0 0 0 0x40000000>;
        dma-ranges = <0 0 0 0x50000000>;
        gic: interrupt-controller@0 { compatible = "arm,gic-400"; interrupt-controller;
                                      #interrupt-cells = <3>; reg = <0 0x1000>; };
        serial@1000 { compatible = "ns16550a"; reg = <0x1000 0x100>; };
        codec@2000 { compatible = "vendor,codec"; memory-region = <&video>; };
      };
    };
    """

  private static let bus = DeviceBus(
    gic: range(0x7f_0000_0000, 0x20_0000), uart: range(0x7f_0020_0000, 0x20_0000))

  private static func request(_ tree: OwnTree) -> DeviceTreeRequest {
    DeviceTreeRequest(
      banks: tree.banks, cpuCompatible: "arm,cortex-a57", cpuCount: 2,
      bootArguments: "console=ttyAMA0", initramfs: range(0x4200_0000, 0x10_0000), bus: bus)
  }

  private static func guestTree() async throws -> [UInt8] {
    let checkout = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    return try await DTC().blob(of: checkout.pushing("dts/arm64-virt.dts")).blob
  }

  private static func madeOver(
    fillsInMemory: Bool = false, _ change: (inout DeviceTreeRequest) -> Void = { _ in }
  ) async throws -> FlattenedTree {
    let own = try OwnTree(try await compiled(source))
    var request = request(own)
    change(&request)
    return try FlattenedTree(
      validating: try request.blob(
        makingOver: own, devicesOf: try await guestTree(), fillsInMemory: fillsInMemory))
  }

  // MARK: What is read

  @Test func itsFactsAreRead() async throws {
    let tree = try OwnTree(try await compiled(Self.source))
    #expect(tree.model == "Vendor Board")
    #expect(tree.architecture == .arm64)
    #expect(tree.cpuCount == 2)
    #expect(tree.banks == [range(0x4000_0000, 0x2000_0000)])
    #expect(tree.memoryReservations == [range(0x4100_0000, 0x1_0000)])
    #expect(
      Set(tree.taken) == [
        range(0x4000_0000, 0x20_0000), range(0x5000_0000, 0x100_0000), range(0x4100_0000, 0x1_0000),
      ])
    #expect(tree.regions.first { $0.node == "video@50000000" }?.users == ["/soc/codec@2000"])
  }

  @Test func sourceIsReadAndWhatIsNoTreeNamesItsFile() async throws {
    try await withFolder { folder in
      let file = folder.appending("board.dts")
      try HostFile.write(Array(Self.source.utf8), to: file)
      #expect(try await OwnTree(at: file).cpuCount == 2)
      let other = folder.appending("board.dtb")
      try HostFile.write(Array("not a tree".utf8), to: other)
      let error = await #expect(throws: OwnTreeError.self) { try await OwnTree(at: other) }
      #expect(error?.description.hasPrefix("\(other): ") == true)
    }
  }

  @Test func overlaysAreAppliedInTheirOrder() async throws {
    let first = """
      /dts-v1/; /plugin/;
      &video { reg = <0 0x50000000 0x2000000>; };
      """
    let second = """
      /dts-v1/; /plugin/;
      &{/reserved-memory} { audio@54000000 { reg = <0 0x54000000 0x100000>; no-map; }; };
      &video { reg = <0 0x50000000 0x3000000>; };
      """
    try await withFolder { folder in
      func write(_ text: String, _ name: String) throws -> FilePath {
        let file = folder.appending(name)
        try HostFile.write(Array(text.utf8), to: file)
        return file
      }
      let file = try write(Self.source, "board.dts")
      let overlays = [try write(first, "first.dts"), try write(second, "second.dtso")]
      let tree = try await OwnTree(at: file, overlays: overlays)
      #expect(tree.regions.first { $0.node == "video@50000000" }?.bytes == .mebibytes(48))
      #expect(tree.regions.contains { $0.node == "audio@54000000" && $0.isNoMap })
      #expect(tree.regions.count == 3)
      // A blob without its labels.
      let bare = folder.appending("bare.dtb")
      try HostFile.write(try await compiled(Self.source), to: bare)
      let error = await #expect(throws: OwnTreeError.self) {
        try await OwnTree(at: bare, overlays: overlays)
      }
      #expect(error?.file == overlays[0])
    }
  }

  @Test(
    arguments: [
      ("arm,cortex-a53", .arm64), ("arm,cortex-a520", .arm64), ("arm,neoverse-n1", .arm64),
      ("qcom,kryo485", .arm64), ("apple,icestorm", .arm64), ("arm,cortex-a7", .arm),
      ("arm,cortex-a32", .arm), ("arm,arm926ej-s", .arm), ("qcom,krait", .arm),
      ("vendor,core", nil),
    ] as [(String, Architecture?)])
  func coresTellTheArchitecture(core: String, architecture: Architecture?) async throws {
    let source = Self.source.replacing("arm,cortex-a53", with: core)
    #expect(try OwnTree(try await compiled(source)).architecture == architecture)
  }

  // MARK: What a guest gets

  @Test func memoryAndReachStayAsTheyAre() async throws {
    let old = try FlattenedTree(validating: try await compiled(Self.source))
    let new = try await Self.madeOver()
    for node: NodePath in ["/memory@40000000", "/reserved-memory", "/soc"] {
      for property in try old.properties(of: node) where property != "compatible" {
        #expect(try new.bytes(property, of: node) == old.bytes(property, of: node), "\(property)")
      }
    }
    for name in try old.children(of: "/reserved-memory") {
      let node = NodePath("/reserved-memory").child(name)
      #expect(try new.properties(of: node) == old.properties(of: node))
      #expect(try new.bytes("compatible", of: node) == old.bytes("compatible", of: node))
    }
    #expect(try new.memoryReservations() == old.memoryReservations())
    #expect(try new.string("stdout-path", of: "/chosen") == "/soc/serial@1000")
    #expect(try new.bytes("compatible", of: .root) == old.bytes("compatible", of: .root))
  }

  @Test func noDriverFindsADeviceOfTheBoard() async throws {
    let tree = try await Self.madeOver()
    let driven = try tree.values(of: "compatible").map(\.node.text).filter {
      !$0.hasPrefix("/reserved-memory/") && !$0.hasPrefix("/cmalab-guest")
    }
    #expect(Set(driven) == ["/", "/cpus/cpu@0", "/cpus/cpu@2"])
    #expect(try tree.strings("not-driven", of: "/soc/serial@1000") == ["ns16550a"])
  }

  /// As dtc and fdtget read it.
  @Test func theGuestHasItsOwnDevices() async throws {
    let tree = try await Self.madeOver()
    let windows = try await fdtget(tree.blob, "/cmalab-guest", "ranges", type: "x")
    #expect(windows == "0 0 7f 0 0 200000 0 200000 7f 200000 0 200000")
    let parent = try await fdtget(tree.blob, "/cmalab-guest", "interrupt-parent", type: "x")
    let gic = try await fdtget(
      tree.blob, "/cmalab-guest/interrupt-controller@0", "phandle", type: "x")
    #expect(parent == gic)
    let clock = try await fdtget(tree.blob, "/cmalab-guest/clock", "phandle", type: "x")
    let clocks = try await fdtget(tree.blob, "/cmalab-guest/serial@200000", "clocks", type: "x")
    #expect(clocks == "\(clock) \(clock)")
    #expect(
      try await fdtget(tree.blob, "/cmalab-guest/psci", "method", type: "s") == "smc")
    let phandles = try tree.values(of: "phandle").map(\.bytes)
    #expect(Set(phandles).count == phandles.count)
    #expect(try await decompiled(tree.blob).contains("cmalab-guest"))
  }

  @Test func theCPUsAreTheGuests() async throws {
    let tree = try await Self.madeOver()
    #expect(try tree.children(of: "/cpus") == ["cpu@0", "cpu@2", "l2-cache"])
    #expect(try tree.cells("reg", of: "/cpus/cpu@0") == [0, 0])
    #expect(try tree.cells("reg", of: "/cpus/cpu@2") == [0, 1])
    #expect(try tree.string("enable-method", of: "/cpus/cpu@0") == "psci")
    let more = try await Self.madeOver { $0.cpuCount = 4 }
    #expect(try DeviceTreeContents(of: more).cpus.count == 4)
  }

  @Test func whatIsAskedForIsInChosen() async throws {
    let contents = try DeviceTreeContents(of: try await Self.madeOver())
    #expect(contents.bootArguments == "console=ttyAMA0")
    #expect(contents.initramfs == range(0x4200_0000, 0x10_0000))
    #expect(contents.seeds.isEmpty)
  }

  @Test func banksRegionsAndConsumersAreAdded() async throws {
    let tree = try await Self.madeOver(fillsInMemory: true) { request in
      request.banks = [range(0x4000_0000, 0x1000_0000), range(0x8_0000_0000, 0x1000_0000)]
      request.reservedMemory = [
        ReservedRegion(
          name: "more", placement: .dynamic(size: .mebibytes(8), alignment: nil, within: []))
      ]
      request.memoryReservations = [range(0x4300_0000, 0x1000)]
      request.consumers = [Consumer(name: "cmalab-video", region: "video@50000000")]
    }
    let contents = try DeviceTreeContents(of: tree)
    #expect(
      contents.banks == [range(0x4000_0000, 0x1000_0000), range(0x8_0000_0000, 0x1000_0000)])
    #expect(
      try tree.children(of: "/reserved-memory") == ["more", "firmware@40000000", "video@50000000"])
    #expect(contents.memoryReservations.count == 2)
    #expect(contents.consumers == [Consumer(name: "cmalab-video", region: "video")])
    // Its own user keeps the phandle.
    #expect(
      try tree.cells("memory-region", of: "/soc/codec@2000")
        == tree.cells("phandle", of: "/reserved-memory/video@50000000"))
  }

  /// As of arch/arm/boot/dts/alphascale-asm9260.dtsi, and of intel/pxa/pxa3xx.dtsi.
  @Test(arguments: ["#address-cells = <0>; #size-cells = <0>;", ""])
  func aCoreWithoutANumberGetsOne(cells: String) async throws {
    let source = """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>;
          cpus { \(cells)
                 cpu { device_type = "cpu"; compatible = "arm,arm926ej-s"; }; };
          memory@20000000 { device_type = "memory"; reg = <0x20000000 0x2000000>; }; };
      """
    let own = try OwnTree(try await compiled(source))
    var request = Self.request(own)
    request.initramfs = range(0x2020_0000, 0x1000)
    request.cpuCount = 1
    request.bus = DeviceBus(
      gic: range(0xf000_0000, 0x20_0000), uart: range(0xf020_0000, 0x20_0000))
    let guest = try await Self.guestTree()
    let tree = try FlattenedTree(
      validating: try request.blob(makingOver: own, devicesOf: guest, fillsInMemory: false))
    #expect(try tree.cells("reg", of: "/cpus/cpu") == [0])
    #expect(try tree.cells("#size-cells", of: "/cpus") == [0])
  }

  /// Its root has one cell for an address: nothing of it is above 4 GiB, the guest's devices included.
  @Test func aTreeOfOneCellTakesWindowsBelow4GiBOnly() async throws {
    let source = """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>;
          memory@0 { device_type = "memory"; reg = <0 0x10000000>; }; };
      """
    let own = try OwnTree(try await compiled(source))
    #expect(own.addressCells == 1)
    var request = Self.request(own)
    request.initramfs = range(0x20_0000, 0x1000)
    let guest = try await Self.guestTree()
    let above = request
    #expect(throws: DeviceTreeError.self) {
      try above.blob(makingOver: own, devicesOf: guest, fillsInMemory: false)
    }
    request.bus = DeviceBus(
      gic: range(0xf000_0000, 0x20_0000), uart: range(0xf020_0000, 0x20_0000))
    let tree = try FlattenedTree(
      validating: try request.blob(makingOver: own, devicesOf: guest, fillsInMemory: false))
    #expect(
      try tree.cells("ranges", of: "/cmalab-guest") == [
        0, 0, 0xf000_0000, 0, 0x20_0000, 0, 0x20_0000, 0xf020_0000, 0, 0x20_0000,
      ])
  }
}
