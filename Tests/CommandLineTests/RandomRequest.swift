// SPDX-License-Identifier: Apache-2.0

import GuestRequests
import MemoryRequests
import Quantities
import SystemPackage

/// Requests that nobody made: any combination that `cmalab boot` takes, the same for a seed.
struct RandomRequest {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  private mutating func below(_ limit: UInt64) -> UInt64 { next() % limit }

  private mutating func chance() -> Bool { below(3) == 0 }

  private mutating func element<Element>(of elements: [Element]) -> Element {
    elements[Int(below(UInt64(elements.count)))]
  }

  private mutating func perhaps<Value>(_ make: (inout RandomRequest) -> Value?) -> Value? {
    chance() ? make(&self) : nil
  }

  /// Of any unit.
  private mutating func bytes() -> ByteCount {
    ByteCount((1 + below(4096)) << element(of: [0, 10, 12, 20, 22]))
  }

  private mutating func address() -> PhysicalAddress { PhysicalAddress(below(1 << 39)) }

  private mutating func ranges() -> [PhysicalRange] {
    (0..<below(3)).compactMap { _ in PhysicalRange(start: address(), size: bytes()) }
  }

  private mutating func pool() -> PoolRequest {
    let size = bytes()
    guard chance() else { return PoolRequest(bytes: chance() ? .zero : size) }
    let base = address()
    let limit = chance() ? base.advanced(by: ByteCount(size.bytes + below(1 << 30))) : nil
    return PoolRequest(bytes: size, base: base, limit: limit)
  }

  private mutating func kconfigPool() -> KconfigPool? {
    try? KconfigPool(
      parsing: element(of: ["0", "32M", "2G", "10%", "min:32M,10%", "max:1G,100%"]))
  }

  private mutating func region() -> RequestedRegion? {
    var fields = RegionFields()
    fields.name = element(of: ["video", "linux,cma", "a,b,c", "mcu-r5fss@0-core0", "x.y_z+1"])
      .split(separator: "@").first.map(String.init)
    fields.size = bytes()
    if chance() {
      fields.address = address()
    } else {
      fields.alignment = perhaps { $0.bytes() }
      fields.within = ranges()
    }
    fields.compatible = element(
      of: [[], ["none"], ["shared-dma-pool"], ["vendor,thing", "shared-dma-pool"], ["a=b"]])
    fields.userCount = Int(below(4))
    fields.isReusable = chance()
    fields.isNoMap = chance()
    fields.isDefault = chance()
    return try? fields.region()
  }

  private mutating func path(_ name: String) -> FilePath {
    FilePath(
      element(of: ["/srv/\(name)", "/tmp/it's a \(name)", "/a\"b/$HOME/\(name)", "/ü/\(name)"]))
  }

  private mutating func pools() -> GuestRequest.Pools {
    var pools = GuestRequest.Pools()
    pools.choose(chance() ? .omitted : .pool(pool()))
    if chance() { (pools.asked, pools.isOmitted) = (nil, false) }
    pools.via = element(of: PoolWay.allCases)
    pools.deviceTree = perhaps { $0.pool() }
    pools.kconfig = perhaps { $0.kconfigPool() }
    return pools
  }

  private mutating func kernel() -> GuestRequest.Kernel {
    var kernel = GuestRequest.Kernel()
    kernel.source = element(
      of: [.line(nil), .line("6.1"), .image(path("Image")), .tree(path("linux"))])
    if case .image = kernel.source {
      // It is as it is: only its .config can be told.
      kernel.configuration = perhaps { $0.path(".config") }
      return kernel
    }
    if case .tree = kernel.source {
      kernel.defconfig = perhaps { $0.element(of: ["defconfig", "vendor/imx_v8_defconfig"]) }
    }
    kernel.additions = [
      perhaps { _ in KernelOption(name: "CONFIG_NUMA", value: nil) },
      perhaps { _ in KernelOption(name: "CONFIG_CMDLINE", value: "\"a=b c\"") },
    ].compactMap(\.self)
    kernel.pageSize = perhaps { $0.element(of: PageSize.allCases) }
    kernel.hasLPAE = chance()
    kernel.isDebug = chance()
    kernel.hasDebugInfo = chance()
    return kernel
  }

  /// One that does not contradict itself.
  mutating func request() -> GuestRequest {
    while true {
      var request = GuestRequest(
        board: chance() ? path("board.yaml").string : element(of: ["rpi4", "arm64-4g", "juno"]))
      request.layout = perhaps { $0.element(of: ["wide", "4g", "-odd"]) }
      if chance() {
        request.board = GuestRequest.usualBoard
        request.layout = nil
        request.deviceTree = path("board.dtb")
        request.overlays = (0..<below(3)).map { _ in path("overlay.dtbo") }
      }
      if chance() { request.ram = bytes() } else { request.banks = ranges() }
      request.pools = pools()
      request.regions = (0..<below(3)).compactMap { _ in region() }
      request.memoryReservations = ranges()
      request.fragment = perhaps { $0.path("extra.dts") }
      request.kernel = kernel()
      request.places.kernel = perhaps { $0.address() }
      request.places.deviceTree = perhaps { $0.address() }
      request.places.initramfs = perhaps { $0.address() }
      request.places.initramfsSize = perhaps { $0.bytes() }
      request.cpuCount = perhaps { Int(1 + $0.below(8)) }
      request.appended =
        perhaps {
          $0.element(of: ["quiet", "--x y", "-1", "a='b \"c\"' d=$e", "mem=1G maxcpus=1"])
        }
        ?? ""
      request.isMemoryTraced = chance()
      request.tests = (0..<below(3)).map { _ in element(of: GuestTest.allCases) }
      request.timeout = element(of: [60, 0.5, 90, 86_400, 1.0 / 3])
      do {
        try request.check()
        return request
      } catch { continue }
    }
  }
}
