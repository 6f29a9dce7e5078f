// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
package import MemoryRequests
package import Quantities

/// What a run was asked to show, complete enough to judge its transcript again at any time.
package struct RunRequest: Hashable, Sendable, Codable {
  /// The guest as it was asked for, to ask for it again; nil in records of cmalab 0.1.
  package let asked: GuestRequest?
  package let board: String
  package let layout: String
  /// The banks that the guest is to see, in the order of addresses.
  package let banks: [PhysicalRange]
  /// What the finished tree's memory nodes declare, where that is not ``banks``.
  package let declaredBanks: [PhysicalRange]?
  /// What of the declared banks the kernel is left with, where the tree (a disabled bank,
  /// `linux,usable-memory`, `linux,usable-memory-range`) or the command line (`mem=`) takes some away.
  package let usableRAM: [PhysicalRange]?
  /// Parts of the banks where the board is known to have no RAM.
  package let inventedRAM: [PhysicalRange]
  /// The pool that was asked for, before any rounding; of several, the one of ``via``.
  package let cmaBytes: ByteCount
  /// Which setting asks for ``cmaBytes``; what wins is ``precedence(of:)``'s to say.
  package let via: PoolWay
  /// `cma=`; nil where it is not on the command line.
  package let commandLinePool: PoolRequest?
  /// What the kernel's configuration sets; nil where it is not known.
  package let kconfigPool: KconfigPool?
  /// The children of /reserved-memory, as the finished device tree has them.
  package let regions: [Region]
  /// `/memreserve/` entries.
  package let memoryReservations: [PhysicalRange]
  /// The kernel line, or the path of the user's image or tree.
  package let kernel: String
  /// `4k`, `16k` or `64k`; nil for an image that does not say.
  package let pageSize: PageSize?
  package let cpus: Int
  package let commandLine: String
  /// The tests that the guest was asked to run, by name.
  package let tests: [String]
  /// Of the blob that was handed to the guest; nil when a bare log is judged.
  package let deviceTree: Blob?
  /// Where the files of the run lie in the guest.
  package let placement: Placement?

  package struct Region: Hashable, Sendable, Codable {
    /// The node's name with its unit address, which is also the name of a pool.
    package let node: String
    package let bytes: ByteCount
    /// Nil where the kernel was to find a place.
    package let base: PhysicalAddress?
    /// Whether it is to be a CMA pool: `shared-dma-pool`, `reusable` and not `no-map`.
    package let isPool: Bool
    /// Whether the kernel is not to map it: such RAM is no System RAM.
    package let isNoMap: Bool
    /// Whether it asks to be the default pool: `linux,cma-default`.
    package let isDefault: Bool
    /// The nodes that refer to it.
    package let users: [String]
    /// What is wrong with the node, so that no kernel reads it; nil where nothing is.
    package let fault: String?
    /// `compatible`; nil in a record of cmalab 0.1.
    package let compatible: [String]?
    /// Of a region that the kernel was to find a place for: what its base is a multiple of.
    package let alignment: ByteCount?
    /// Of a region that the kernel was to find a place for: where it may lie; nil for anywhere.
    package let windows: [PhysicalRange]?
    /// The entries of `reg` past the first; nil where there are none.
    package let furtherRanges: [PhysicalRange]?

    package init(
      node: String, bytes: ByteCount, base: PhysicalAddress?, isPool: Bool, isNoMap: Bool,
      isDefault: Bool = false, users: [String] = [], fault: String? = nil,
      compatible: [String]? = nil, alignment: ByteCount? = nil, windows: [PhysicalRange]? = nil,
      furtherRanges: [PhysicalRange]? = nil
    ) {
      self.node = node
      self.bytes = bytes
      self.base = base
      self.isPool = isPool
      self.isNoMap = isNoMap
      self.isDefault = isDefault
      self.users = users
      self.fault = fault
      self.compatible = compatible
      self.alignment = alignment
      self.windows = windows
      self.furtherRanges = furtherRanges
    }
  }

  package struct Blob: Hashable, Sendable, Codable {
    package let bytes: UInt64
    /// zlib's CRC-32.
    package let checksum: UInt32

    package init(bytes: UInt64, checksum: UInt32) {
      self.bytes = bytes
      self.checksum = checksum
    }
  }

  package struct Placement: Hashable, Sendable, Codable {
    package let kernel: PhysicalRange
    package let initramfs: PhysicalRange
    package let deviceTree: PhysicalRange

    package init(kernel: PhysicalRange, initramfs: PhysicalRange, deviceTree: PhysicalRange) {
      self.kernel = kernel
      self.initramfs = initramfs
      self.deviceTree = deviceTree
    }
  }

  package init(
    asked: GuestRequest? = nil, board: String, layout: String, banks: [PhysicalRange],
    declaredBanks: [PhysicalRange]? = nil, usableRAM: [PhysicalRange]? = nil,
    inventedRAM: [PhysicalRange],
    cmaBytes: ByteCount, via: PoolWay, commandLinePool: PoolRequest?, kconfigPool: KconfigPool?,
    regions: [Region], memoryReservations: [PhysicalRange] = [], kernel: String,
    pageSize: PageSize?,
    cpus: Int, commandLine: String, tests: [String], deviceTree: Blob?, placement: Placement?
  ) {
    self.asked = asked
    self.board = board
    self.layout = layout
    self.banks = banks
    self.declaredBanks = declaredBanks
    self.usableRAM = usableRAM
    self.inventedRAM = inventedRAM
    self.cmaBytes = cmaBytes
    self.via = via
    self.commandLinePool = commandLinePool
    self.kconfigPool = kconfigPool
    self.regions = regions
    self.memoryReservations = memoryReservations
    self.kernel = kernel
    self.pageSize = pageSize
    self.cpus = cpus
    self.commandLine = commandLine
    self.tests = tests
    self.deviceTree = deviceTree
    self.placement = placement
  }
}

extension RunRequest {
  /// RAM as the kernel is to have it.
  package var ram: [PhysicalRange] { usableRAM ?? banks }

  /// Which of the settings makes the default pool.
  ///
  /// - Parameters:
  ///   - memory: all RAM of the guest, of which Kconfig may ask for a percentage.
  ///   - pageSize: the guest's.
  package func precedence(memory: ByteCount, pageSize: ByteCount) -> PoolPrecedence {
    PoolPrecedence(
      commandLine: commandLinePool,
      deviceTree: regions.filter { $0.isDefault && $0.isPool }
        .map { .init(name: $0.node, bytes: $0.bytes) },
      kconfig: kconfigPool?.bytes(of: memory, pageSize: pageSize))
  }
}
