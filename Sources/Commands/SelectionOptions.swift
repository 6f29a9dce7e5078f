// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Boards
import Kernels
import MemoryRequests
import Quantities
import Runs
import SystemPackage

/// What to run: the options that every command shares that makes a guest.
struct SelectionOptions: ParsableArguments {
  static let defaultBoard = "arm64-4g"

  @Option(
    help: "The board: a name that 'cmalab boards' lists, or a board file.",
    completion: Completions.boards)
  var board: String = Self.defaultBoard

  @Option(
    help: "A layout of the board (default: the board's own choice).",
    completion: Completions.layouts)
  var layout: String?

  @OptionGroup var placement: PlacementOptions

  @OptionGroup var pools: PoolOptions

  @Option(
    help: "The kernel line to build and boot, as in 6.1 (default: as kernels.yaml says).",
    completion: Completions.kernels)
  var kernel: String?

  @Option(help: "Boot this Image or zImage as it is, a distribution's vmlinuz included.")
  var kernelImage: FilePath?

  @Option(help: "Build and boot this kernel source tree.")
  var kernelSource: FilePath?

  @OptionGroup var kernelTarget: KernelTargetOptions

  @Flag(help: "Build the kernel with its own checkers: KASAN, lockdep and more. Slow.")
  var debugKernel = false

  @Flag(help: "Build the kernel with debug information, for gdb: the source's lines and types.")
  var debugInfo = false

  @Option(help: "CPUs of the guest, 1 to 8 (default: the board's own).")
  var cpus: Int?

  @Option(parsing: .unconditional, help: "Further words for the kernel's command line.")
  var append: String = ""

  @Flag(help: "Tell in order how the kernel came to its memory (memblock=debug).")
  var traceMemory = false

  @Option(help: "A test for the guest to run; may be given more than once, or as 'all'.")
  var test: [GuestTest] = []

  @Option(help: "Seconds that each stage of the run, and each test, may take.")
  var timeout: Double = 60

  func validate() throws {
    let kernels = [kernel != nil, kernelImage != nil, kernelSource != nil]
    guard kernels.count(where: \.self) <= 1 else {
      throw ValidationError("give one of --kernel, --kernel-image and --kernel-source")
    }
    if let cpus, !CPU.counts.contains(cpus) {
      throw ValidationError(
        "--cpus is \(cpus): the guest's interrupt controller serves 1 to 8")
    }
    guard timeout > 0, timeout <= 86_400 else {
      throw ValidationError("--timeout is \(timeout): give seconds, more than 0")
    }
    guard append.unicodeScalars.allSatisfy({ (" "..."~").contains($0) }) else {
      throw ValidationError("--append has characters that no kernel command line has")
    }
    guard KernelParameters(append).values(of: "cma").allSatisfy({ $0 == nil }) else {
      throw ValidationError("--append has cma=: give it as --cma, which is checked")
    }
    guard kernelImage == nil || (pools.kconfigCMA == nil && pools.via != .kconfig) else {
      throw ValidationError(
        "an image has its configuration: leave --kconfig-cma and --via kconfig away")
    }
  }

  /// Looks everything up that was named.
  ///
  /// - Throws: `ValidationError` for a name that is not there, `YAMLFileError`.
  func selection(
    in installation: Installation, for purpose: RunSelection.Purpose = .verdict
  ) throws -> RunSelection {
    let catalogue = BoardCatalogue(directory: installation.boards)
    let board = try usage { try catalogue.board(named: self.board) }
    let layout = try placement.layout(
      usage { try board.layout(named: self.layout) }, of: board)
    let settings = try pools.settings(board, layout)
    return RunSelection(
      board: board, layout: layout, pools: settings,
      kernel: try chosenKernel(
        installation, for: board.architecture, pool: settings.kconfig ?? .none),
      places: placement.given, cpuCount: cpus ?? board.cpu.count, regions: pools.region,
      memoryReservations: pools.memreserve, fragment: pools.dtsAppend?.absolute,
      appended: append, isMemoryTraced: traceMemory, tests: chosenTests(on: layout),
      timeout: timeout, purpose: purpose)
  }

  /// `--test all` leaves out what this guest has nothing for.
  private func chosenTests(on layout: BoardLayout) -> [String] {
    guard test.contains(.all) else { return test.map(\.rawValue) }
    let hasRegions = !(pools.region + layout.reserved).isEmpty
    return GuestTest.allNames.filter {
      $0 != GuestTest.region.rawValue || hasRegions || test.contains(.region)
    }
  }

  private func chosenKernel(
    _ installation: Installation, for architecture: Architecture, pool: KconfigPool
  ) throws -> RunSelection.Kernel {
    let target = try kernelTarget.target(for: architecture)
    if let kernelImage { return .image(kernelImage.absolute) }
    if let kernelSource {
      return .built(
        KernelRequest(
          source: .tree(kernelSource.absolute), target: target, isDebug: debugKernel,
          hasDebugInfo: debugInfo, pool: pool))
    }
    let lines = try KernelLines(configuration: installation.kernelConfiguration)
    let line = try usage { try lines.line(named: kernel, for: architecture) }
    return .built(
      KernelRequest(
        source: .line(line), target: target, isDebug: debugKernel, hasDebugInfo: debugInfo,
        pool: pool))
  }

  /// A name that is not there is an error of usage; a file that is broken is not.
  private func usage<Value>(_ look: () throws -> Value) throws -> Value {
    do {
      return try look()
    } catch let error as BoardCatalogueError {
      throw ValidationError("\(error)")
    } catch let error as UnknownLayout {
      throw ValidationError("\(error)")
    } catch let error as KernelError {
      throw ValidationError("\(error)")
    }
  }
}
