// SPDX-License-Identifier: Apache-2.0

// GuestRequests: a guest as it is asked for, before anything is looked up. A target of its own: the
// command line, matrices, records and advice all speak of whole guests, while boards and device
// trees need the pools and regions of MemoryRequests alone.

package import MemoryRequests
package import Quantities
package import SystemPackage

/// A guest as a user asks for it: names and values, nothing looked up, nothing built.
///
/// Whatever makes a guest comes down to one of these, and `cmalab boot` with its ``bootArguments``
/// asks for the same again. What is nil or empty is the board's or cmalab's own choice.
package struct GuestRequest: Hashable, Sendable {
  /// A name of the catalogue, or a board file's path.
  package var board: String
  /// The board's own device tree, a blob or source, in place of a board of cmalab's; nil for one of
  /// those.
  package var deviceTree: FilePath?
  /// Overlays that are applied to ``deviceTree``, in this order.
  package var overlays: [FilePath] = []
  package var layout: String?
  /// In place of the layout's own; empty for those.
  package var banks: [PhysicalRange] = []
  /// How much RAM is fitted, in place of what the layout's banks add up to; nil for that.
  package var ram: ByteCount?
  package var pools = Pools()
  /// Children of /reserved-memory beyond the layout's.
  package var regions: [RequestedRegion] = []
  /// `/memreserve/` entries beyond the layout's.
  package var memoryReservations: [PhysicalRange] = []
  /// Device-tree source to merge over the finished tree.
  package var fragment: FilePath?
  package var kernel = Kernel()
  package var places = Places()
  package var cpuCount: Int?
  /// Further words for the kernel's command line.
  package var appended = ""
  /// Whether the kernel is to tell what it does with its early memory (`memblock=debug`).
  package var isMemoryTraced = false
  package var tests: [GuestTest] = []
  /// Seconds that each stage of the run, and each test, may take.
  package var timeout = Self.usualTimeout

  package static let usualBoard = "arm64-4g"
  package static let usualTimeout = 60.0
  /// Seconds: a day.
  static let longestTimeout = 86_400.0

  /// Whether RAM is where the board's own layout has it not.
  package var hasOtherRAM: Bool { ram != nil || !banks.isEmpty }

  package init(board: String = usualBoard) {
    self.board = board
  }

  /// The default pool, by each of the ways that can ask for one.
  package struct Pools: Hashable, Sendable {
    /// What ``via`` asks for; nil for the board's choice, where no other way asks either.
    package var asked: PoolRequest?
    /// Whether there is to be no `cma=` on the command line, neither the board's choice nor one that an
    /// own tree's `bootargs` have: what `--cma none` asks for. With it, ``asked`` is nil.
    package var isOmitted = false
    package var via = PoolWay.commandLine
    /// Asked of the device tree, beside ``asked``.
    package var deviceTree: PoolRequest?
    /// Asked of the kernel's configuration, beside ``asked``.
    package var kconfig: KconfigPool?

    package init() {}
  }

  package struct Kernel: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
      /// A line that cmalab builds, as in `6.1`; nil for the usual one.
      case line(String?)
      /// A user's own Image or zImage, booted as it is.
      case image(FilePath)
      /// A user's own source tree.
      case tree(FilePath)
    }

    package var source = Source.line(nil)
    /// The file of the tree's `arch/ARCH/configs` that configures it; nil for the tree's own .config,
    /// and for cmalab's fragments where it has none.
    package var defconfig: String?
    /// The .config of a user's own kernel, from which a prediction knows it.
    package var configuration: FilePath?
    /// image_size of that kernel's header, where there is no image to read it from.
    package var imageSize: ByteCount?
    package var pageSize: PageSize?
    /// Whether a 32-bit ARM kernel has the long descriptors (CONFIG_ARM_LPAE).
    package var hasLPAE = false
    /// Whether the kernel's own checkers are built in: KASAN, lockdep and more.
    package var isDebug = false
    /// Whether a debugger finds the source's lines and types.
    package var hasDebugInfo = false
    /// What is added to the configuration of a kernel that is built, each option once.
    package var additions: [KernelOption] = []

    package init() {}
  }

  /// Where files of the boot are to lie; nil behind the kernel, and for the kernel at the first place
  /// that no region with an address takes.
  package struct Places: Hashable, Sendable {
    package var kernel: PhysicalAddress?
    package var deviceTree: PhysicalAddress?
    package var initramfs: PhysicalAddress?
    /// How much memory the initramfs takes; nil for what its file has.
    package var initramfsSize: ByteCount?

    package init() {}
  }
}

/// A test that the guest can run (images/programs), or all of them.
package enum GuestTest: String, Hashable, Sendable, CaseIterable {
  case allocate
  case largest
  case region
  case mmap
  case latency
  case churn
  case borrowed
  case dmabuf
  case heap
  case pinned
  case fuzz
  /// Every test that the guest has something for.
  case all

  package static let each = allCases.filter { $0 != .all }
}
