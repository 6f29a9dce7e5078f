// SPDX-License-Identifier: Apache-2.0
import MemoryRequests
package import Quantities

/// What a log says of one boot, by line.
package struct LoggedBoot: Hashable, Sendable {
  package internal(set) var firstLine = 0
  package internal(set) var lastLine = 0
  /// Whether the file ends within the last line.
  package internal(set) var isCut = false
  /// Lines of a garbled capture: what one line alone says of an address is then not believed.
  package internal(set) var garbled: [LogLine] = []

  /// Early lines that speak of CMA in words that are not known.
  package internal(set) var unread: [LogLine] = []

  /// A boot that no line tells of.
  package init() {}

  // MARK: Who boots

  /// Behind `Linux version`.
  package internal(set) var release: Logged<String>?
  /// Behind `Machine model:` or `Machine:`.
  package internal(set) var machine: Logged<String>?
  /// How many run.
  package internal(set) var cpuCount: Logged<UInt64>?
  /// From whatever only one of them prints; nil where nothing does, or both.
  package internal(set) var architecture: Logged<Architecture>?
  /// What the kernel runs on where it is neither of them: `riscv`.
  package internal(set) var otherArchitecture: Logged<String>?
  package internal(set) var pageSize: Logged<PageSize>?
  package internal(set) var commandLine: Logged<CommandLine>?
  /// `efi: EFI v2.70 by …`: RAM comes from the firmware's map, which the log does not have.
  package internal(set) var efi: Logged<String>?

  // MARK: RAM

  /// Adjacent ones joined; nil where nothing tells all of them.
  package internal(set) var banks: Logged<[PhysicalRange]>?
  package internal(set) var zones: [Logged<Zone>] = []
  /// /reserved-memory's children that the kernel lists, with all their bytes.
  package internal(set) var regions: [Logged<Region>] = []
  package internal(set) var memory: Logged<MemoryLine>?
  /// `Ignoring RAM at`: the first address, and the first one behind it.
  package internal(set) var ignoredRAM: [Logged<PhysicalRange>] = []
  /// Memory that the kernel says it took, by what for.
  package internal(set) var takers: [Logged<Taker>] = []
  package internal(set) var loader = LoaderFacts()

  // MARK: Pools

  /// Every pool that was asked for and is told of, in the log's order.
  package internal(set) var pools: [Logged<Pool>] = []
  /// What the kernel refused or dropped, pools among it.
  package internal(set) var refusals: [Logged<Refusal>] = []
  /// `dma_contiguous_reserve(limit …)`: a debug line.
  package internal(set) var poolLimit: Logged<PhysicalAddress>?
  /// Regions that a line of their own tells of, apart from the table of all: coherent pools
  /// (`created DMA memory pool`), and what vendors' kernels say of each node.
  package internal(set) var namedRegions: [Logged<Region>] = []
  /// Where the kernel's list of one node's RAM is split and nothing is missing between the two: it does
  /// so at the edges of what is not mapped (mm/memblock.c, memblock_merge_regions).
  package internal(set) var seams: [PhysicalAddress] = []

  // MARK: Run time

  package internal(set) var failures: [AllocationFailure] = []
  package internal(set) var holders: [Logged<Holder>] = []
  /// Panics, faults and warnings, the first ones.
  package internal(set) var distress: [Logged<Distress>] = []
  /// The last kernel time in seconds; nil where lines have none.
  var lastSeconds: Double?

  /// A zone of `Zone ranges:`; nil for an empty one.
  package struct Zone: Hashable, Sendable {
    package let name: String
    package let range: PhysicalRange?
  }

  /// `OF: reserved mem: 0x…..0x… (K KiB) [no]map [non-]reusable NAME`.
  package struct Region: Hashable, Sendable {
    package let name: String
    package let range: PhysicalRange
    package let isNoMap: Bool
    package let isReusable: Bool
    /// Whether its addresses have 16 digits, as those of a kernel with 64-bit ones (lib/vsprintf.c,
    /// address_val).
    package let hasLongAddresses: Bool
  }

  /// `Memory: …K/…K available (…)`, in bytes.
  package struct MemoryLine: Hashable, Sendable {
    package let total: ByteCount
    /// Nil on kernels that are too old to say it.
    package let pools: ByteCount?
    package let highMemory: ByteCount?
    /// Kernel code, data, read-only data, init and bss together; nil where one is missing.
    package let kernel: ByteCount?
  }

  /// The kernel's command line as it prints it.
  package struct CommandLine: Hashable, Sendable {
    package let text: String
    /// Whether nothing of it may be missing.
    package let isWhole: Bool

    /// The value of the last `cma=`, as the kernel reads it; nil without one.
    package var poolArgument: String? {
      words.last { $0.hasPrefix("cma=") }.map { String($0.dropFirst(4)) }
    }

    /// `NAME` or `NAME=VALUE` of each parameter, without a last one that may be cut.
    package var words: [String] {
      let words = KernelParameters(text).words.map { String(decoding: $0, as: UTF8.self) }
      return isWhole ? words : words.dropLast()
    }
  }

  /// A range that was taken before or beside the pools.
  package struct Taker: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case bounceBuffers
      case crashKernel
      case nodeData
      /// A vendor's or a board's own line of what it set aside.
      case vendors
    }

    package let kind: Kind
    package let name: String
    package let range: PhysicalRange
  }

  /// A pool that was asked for.
  package struct Pool: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
      case deviceTree = "device-tree"
      case commandLine = "command-line"
      case kconfig
      /// A default pool, and no command line in the log.
      case standard = "default"
      case unknown
    }

    package enum Outcome: String, Hashable, Sendable, Codable {
      case reserved
      case refused
      case notActivated = "not-activated"
      case bypassed
    }

    /// The node's; nil for the default pool.
    package var name: String?
    package var base: PhysicalAddress?
    /// Whether the log has an address for it that cannot be relied on.
    package internal(set) var isDoubted = false
    package var size: ByteCount?
    package var kind: Kind
    package var outcome: Outcome
    /// Why a node's was refused, where the kernel's line before says it.
    package internal(set) var refusal: Refusal.Kind?

    package init(
      name: String?, base: PhysicalAddress?, size: ByteCount?, kind: Kind, outcome: Outcome
    ) {
      self.name = name
      self.base = base
      self.size = size
      self.kind = kind
      self.outcome = outcome
    }

    package var range: PhysicalRange? {
      guard let base, let size else { return nil }
      return PhysicalRange(start: base, size: size)
    }
  }

  /// What the kernel refused, in a word, and of what.
  package struct Refusal: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// `failed to reserve memory for node`: its range, as far as it fits in addresses.
      case notReserved(base: PhysicalAddress, size: ByteCount)
      case notAllocated
      /// Its driver would not have it; the line before it says why.
      case driver
      case misaligned
      case setUp
      case bypassed
      /// A property of the wrong length.
      case property(String)
      case format
      case overlap(PhysicalRange, with: String, PhysicalRange)
      case slots
      case defaultPool
      case notActivated
      case crashKernel
      /// `cma:` with another reason, in the kernel's words.
      case words
    }

    package let kind: Kind
    /// The node or pool that the message names.
    package let subject: String?
  }

  /// Failed allocations of one pool with one result.
  package struct AllocationFailure: Hashable, Sendable {
    /// Nil on kernels that do not name the pool.
    package internal(set) var pool: String?
    /// The positive errno.
    package internal(set) var code: Int
    package internal(set) var count: Int
    package internal(set) var largestPages: UInt64
    /// Of the line `number of available pages` behind the last of them.
    package internal(set) var freePages: UInt64?
    package internal(set) var totalPages: UInt64?
    package internal(set) var first: LogLine
    package internal(set) var last: LogLine
    /// The line behind one of them in which its driver complains.
    package internal(set) var complaint: LogLine?
    package internal(set) var freeLine: LogLine?
  }

  /// Who says that it holds memory of a pool.
  package struct Holder: Hashable, Sendable {
    package let name: String
    package let what: String
    package let size: ByteCount
  }

  package enum Distress: Hashable, Sendable {
    case panic
    case fault
    case bug
    case outOfMemory
    /// A sign of where it happened: `pc : clear_page+0x18/0x58`.
    case place
    case bounceBuffersFull
  }
}

/// What boot loader and firmware said before the kernel's first line.
package struct LoaderFacts: Hashable, Sendable {
  package internal(set) var ramdisk: Logged<PhysicalRange>?
  package internal(set) var deviceTree: Logged<PhysicalRange>?
  /// Where the image's first byte was put.
  package internal(set) var kernel: Logged<PhysicalAddress>?
  /// `ERROR: reserving fdt memory region failed (addr=… size=…)`.
  package internal(set) var refused: [Logged<PhysicalRange>] = []
  /// RAM, where it prints it.
  var banks: [Logged<PhysicalRange>] = []
  /// Its name, as far as its lines tell: `U-Boot 2018.01`.
  package internal(set) var name: Logged<String>?
}
