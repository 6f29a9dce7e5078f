// SPDX-License-Identifier: Apache-2.0

package import Boards
package import DeviceTrees
package import GuestImages
package import GuestRequests
package import Kernels
package import MemoryRequests
package import Quantities
package import Records
package import SystemPackage

/// What a user chose to run.
package struct RunSelection: Sendable {
  package enum Kernel: Hashable, Sendable {
    /// A kernel that cmalab builds.
    case built(KernelRequest)
    /// The user's own, in whatever form.
    case image(FilePath)
  }

  /// What the guest is started for.
  package enum Purpose: Hashable, Sendable {
    /// It reports, and is judged.
    case verdict
    /// It gives its user a shell.
    ///
    /// - Parameter environment: words `NAME=value` for its init.
    case shell(environment: [String])
  }

  /// What this is made of, to ask for the same again.
  package let request: GuestRequest
  package let board: Board
  /// The board's own device tree; nil of a board of cmalab's.
  package let ownTree: OwnTree?
  package let layout: BoardLayout
  package private(set) var pools: PoolSettings
  package let kernel: Kernel
  /// Where the user wants initramfs and device tree.
  package let places: GivenPlaces
  package let cpuCount: Int
  /// The children of /reserved-memory: the default pool's, the layout's, and further ones.
  package let regions: [RequestedRegion]
  /// `/memreserve/` entries.
  package let memoryReservations: [PhysicalRange]
  /// The user's own device-tree source, merged over everything else.
  package let fragment: FilePath?
  /// Further words for the kernel's command line.
  package let appended: String
  /// Whether the kernel is to tell what it does with its early memory.
  package let isMemoryTraced: Bool
  /// The tests that the guest runs, in their order.
  package private(set) var tests: [GuestTest]
  /// What the test module binds to beside ``consumers``: a device for each pool that the user's own
  /// source has, by the node's name.
  package private(set) var fragmentConsumers: [Consumer] = []
  /// How long each stage of the run, and each test, may take, in seconds.
  package let timeout: Double
  package let purpose: Purpose

  package init(
    request: GuestRequest, board: Board, ownTree: OwnTree? = nil, layout: BoardLayout,
    pools: PoolSettings, kernel: Kernel, places: GivenPlaces = GivenPlaces(), cpuCount: Int,
    regions: [RequestedRegion], memoryReservations: [PhysicalRange], fragment: FilePath?,
    appended: String, isMemoryTraced: Bool = false, tests: [GuestTest], timeout: Double,
    purpose: Purpose = .verdict
  ) {
    self.request = request
    self.board = board
    self.ownTree = ownTree
    self.layout = layout
    self.pools = pools
    self.kernel = kernel
    self.places = places
    self.cpuCount = cpuCount
    // Who asks the device tree for a default pool asks for another one than the layout's own.
    let ownDefault = pools.defaultRegion(kernel, inPlaceOf: layout.reserved)
    let ofLayout = layout.reserved.filter { ownDefault.isEmpty || !$0.region.isLinuxCMADefault }
    self.regions = ownDefault + ofLayout + regions
    self.memoryReservations = layout.memoryReservations + memoryReservations
    self.fragment = fragment
    self.appended = appended
    self.isMemoryTraced = isMemoryTraced
    self.tests = tests
    self.timeout = timeout
    self.purpose = purpose
  }

  /// The kernel's command line.
  ///
  /// `panic=-1` restarts a guest that panicked, and QEMU ends there (`-no-reboot`); `earlycon` shows
  /// what a kernel says before it dies early; `panic_on_warn` ends a kernel with checkers at the first of
  /// their reports (kernel/panic.c, check_panic_on_warn).
  package var commandLine: String {
    let tests = tests.isEmpty ? "" : "cmalab.test=\(tests.map(\.rawValue).joined(separator: ","))"
    // The kernel hands what it does not know, and has no dot in its name, to init as its
    // environment (init/main.c, unknown_bootoption).
    let environment: [String] =
      switch purpose {
      case .verdict: []
      case .shell(let environment): environment
      }
    let trace = isMemoryTraced ? "memblock=debug" : ""
    let words =
      ["console=ttyAMA0", earlyConsole, "panic=-1", checkers] + poolWords
      + [tests, appended, trace]
    return (words + environment)
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var checkers: String {
    guard case .built(let kernel) = kernel, kernel.isDebug else { return "" }
    return "panic_on_warn=1"
  }

  private var earlyConsole: String {
    // 32-bit ARM takes the early console's mapping away while memblock has something to say
    // (arch/arm/mm/mmu.c, devicemaps_init), and hangs at that.
    if isMemoryTraced && board.architecture == .arm { return "" }
    // Without words of its own, it is what /chosen's stdout-path names: of an own tree, the board's.
    return ownTree == nil ? "earlycon" : "earlycon=pl011,\(board.devices.uart.start)"
  }

  /// What asks for the default pool, among an own tree's other words.
  private var poolWords: [String] {
    let isOfTree =
      request.pools.asked == nil && !request.pools.isOmitted || pools.via != .commandLine
    let pool = pools.commandLine.map { "cma=\($0.kernelArgument)" } ?? ""
    guard let ownTree else { return [pool] }
    let words = ownTree.guestBootArguments
    // A board file's choice takes the place of its tree's.
    return isOfTree && board.deviceTree == nil
      ? [words] : [KernelParameters(words).removing("cma"), pool]
  }

  /// Whether the test module is loaded, where the kernel can have it.
  var hasModule: Bool { !tests.isEmpty || purpose != .verdict }

  /// What a log of such a guest is judged by where nobody kept its files.
  package var expectation: RunRequest {
    RunRequest(
      asked: request, board: board.name, layout: layout.name, banks: layout.banks,
      inventedRAM: layout.inventedRAM, cmaBytes: pools.askedBytes, via: pools.via,
      commandLinePool: pools.commandLine, kconfigPool: kconfigPool,
      regions: regions.map(RunRequest.Region.init), memoryReservations: memoryReservations,
      kernel: request.values(of: .kernel).first ?? "unknown",
      pageSize: request.kernel.pageSize, cpus: cpuCount, commandLine: commandLine,
      tests: tests.map(\.rawValue), deviceTree: nil, placement: nil)
  }

  /// Whether cmalab knows no more of the kernel than the user says.
  var hasOwnKernel: Bool {
    if case .image = kernel { true } else { request.kernel.configuration != nil }
  }

  /// Where the kernel says that its node's data lie; nil where nothing tells, or of another kernel or RAM
  /// than the board's.
  var nodeData: PhysicalRange? {
    guard let kernel = board.kernel, kernel.configuration != nil, !request.hasOtherRAM,
      request.kernel.configuration == kernel.configuration
    else { return nil }
    return kernel.nodeData
  }

  /// Where the kernel is to lie; nil for the first place that no region takes.
  var kernelPlace: PhysicalAddress? {
    request.places.kernel ?? (request.banks.isEmpty ? board.loader?.kernel : nil)
  }

  /// How much the initramfs takes, whose file may be smaller: what lies behind that is zeros, which the
  /// kernel passes over (init/initramfs.c, unpack_to_rootfs).
  func initramfsSize(ofFile size: ByteCount) -> ByteCount {
    max(size, request.places.initramfsSize ?? board.loader?.initramfsSize ?? .zero)
  }

  /// Why no guest can have these banks, of which all else can be told; nil where one can.
  var guestFault: BankFault? { board.guestFault(of: layout.banks) }

  /// Where the board has its devices.
  var bus: DeviceBus {
    DeviceBus(
      gic: board.devices.gic, uart: board.devices.uart, dmaLimit: board.devices.dmaLimit)
  }

  /// The first address that the machine's own DMA engines do not reach, by which 32-bit ARM bounds its
  /// default pool; arm64 reads that from the device tree.
  var machineDMALimit: PhysicalAddress? {
    board.architecture == .arm ? board.devices.dmaLimit : nil
  }

  /// The page size that the kernel is built for, `4k`; nil where its image's header tells: for the user's
  /// own image or configuration.
  var pageSize: PageSize? {
    guard case .built(let request) = kernel, case .arm64(let size) = request.target else {
      return nil
    }
    return size
  }

  /// What the kernel's configuration is asked to set; nil for the user's own image or configuration, of
  /// which nothing is asked.
  var kconfigPool: KconfigPool? {
    switch kernel {
    case .built(let request):
      request.base != .fragments && request.pool == .none ? nil : request.pool
    case .image: nil
    }
  }

  /// What the test module binds to: where it is loaded, a device of the default pool and one for each
  /// region; and those that were asked for.
  var consumers: [Consumer] {
    let ofRegions = regions.flatMap { request in
      let own =
        hasModule && request.users.isEmpty && !request.region.isLinuxCMADefault
        ? ["cmalab-\(request.region.name)"] : request.users
      let region = ownTree == nil ? request.region.name : request.region.nodeName
      return own.map { Consumer(name: $0, region: region) }
    }
    guard hasModule else { return ofRegions }
    return [Consumer(name: "cmalab-default")] + (ownTree?.consumers ?? []) + ofRegions
  }
}

extension RunSelection {
  /// The same selection once it is known which regions its finished tree has.
  ///
  /// A default pool that the user's own source asks for takes the place of the `cma=` that is the board's
  /// choice, which would hide it.
  func heeding(_ declared: [DeclaredRegion]) -> RunSelection {
    var selection = self
    if ownTree == nil, !request.pools.isSettled, declared.contains(where: \.isDefault) {
      selection.pools = PoolSettings(via: .deviceTree)
    }
    guard hasModule else { return selection }
    let known = Set(regions.map(\.region.nodeName) + (ownTree?.regions.map(\.node) ?? []))
    selection.fragmentConsumers = declared.filter { !known.contains($0.node) }.compactMap(
      \.consumer)
    if !selection.fragmentConsumers.isEmpty {
      selection.tests = Self.tests(of: request, hasRegions: true)
    }
    return selection
  }
}
