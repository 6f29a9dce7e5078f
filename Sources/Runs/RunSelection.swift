// SPDX-License-Identifier: Apache-2.0
package import Boards
package import DeviceTrees
package import Kernels
package import Quantities
package import SystemPackage
package import Verdicts

/// What a user chose to run.
package struct RunSelection: Sendable {
  package enum Kernel: Hashable, Sendable {
    /// A kernel that cmalab builds.
    case built(KernelRequest)
    /// The user's own image, booted as it is.
    case image(FilePath)
  }

  package let board: Board
  package let layout: BoardLayout
  /// The pool to ask for; zero asks for none.
  package let cma: ByteCount
  package let kernel: Kernel
  package let cpuCount: Int
  /// The children of /reserved-memory; each that is no default pool gets a device of its own.
  package let regions: [ReservedRegion]
  /// Further words for the kernel's command line.
  package let appended: String
  /// The tests that the guest runs, by name, in their order.
  package let tests: [String]
  /// How long each stage of the run, and each test, may take, in seconds.
  package let timeout: Double

  package init(
    board: Board, layout: BoardLayout, cma: ByteCount, kernel: Kernel, cpuCount: Int,
    regions: [ReservedRegion], appended: String, tests: [String], timeout: Double
  ) {
    self.board = board
    self.layout = layout
    self.cma = cma
    self.kernel = kernel
    self.cpuCount = cpuCount
    self.regions = regions
    self.appended = appended
    self.tests = tests
    self.timeout = timeout
  }

  /// The kernel's command line.
  ///
  /// `panic=-1` restarts a guest that panicked, and QEMU ends there (`-no-reboot`); `earlycon` shows
  /// what a kernel says before it dies early.
  package var commandLine: String {
    let tests = tests.isEmpty ? "" : "cmalab.test=\(tests.joined(separator: ","))"
    return ["console=ttyAMA0 earlycon panic=-1 cma=\(cma.kernelArgument)", tests, appended]
      .filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// How many bytes of it the kernel keeps.
  var commandLineLimit: Int {
    switch board.architecture {
    case .arm64: DeviceTreeRequest.arm64BootArgumentsLimit
    case .arm: DeviceTreeRequest.armBootArgumentsLimit
    }
  }

  /// What a log of such a guest is judged by where nobody kept its files.
  package var expectation: RunRequest {
    RunRequest(
      board: board.name, layout: layout.name, banks: layout.banks,
      inventedRAM: board.invented(in: layout), cmaBytes: cma,
      regions: regions.map(RunRequest.Region.init), via: .commandLine,
      kernel: "unknown", pageSize: nil, cpus: cpuCount, commandLine: commandLine, tests: tests,
      deviceTree: nil,
      placement: nil)
  }

  /// Where the board has its devices.
  var bus: DeviceBus {
    DeviceBus(
      gic: board.devices.gic, uart: board.devices.uart, dmaLimit: board.devices.dmaLimit)
  }

  /// What the test module binds to: a device of the default pool, and one for each region.
  var consumers: [Consumer] {
    guard !tests.isEmpty else { return [] }
    let own = regions.filter { !$0.isLinuxCMADefault }
    return [Consumer(name: "cmalab-default")]
      + own.map { Consumer(name: "cmalab-\($0.name)", region: $0.name) }
  }
}
