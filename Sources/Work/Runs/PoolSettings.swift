// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import GuestRequests
import Kernels
package import MemoryRequests
package import Quantities

/// The default pool as a user asks for it, in one or more of the three ways.
package struct PoolSettings: Hashable, Sendable {
  package enum Asked: Hashable, Sendable {
    case commandLine(PoolRequest)
    case deviceTree(PoolRequest)
    case kconfig(KconfigPool)
  }

  package let commandLine: PoolRequest?
  package let deviceTree: PoolRequest?
  package let kconfig: KconfigPool?
  /// The way that was asked for first and foremost.
  package let via: PoolWay

  package init(
    via: PoolWay, commandLine: PoolRequest? = nil, deviceTree: PoolRequest? = nil,
    kconfig: KconfigPool? = nil
  ) {
    self.via = via
    self.commandLine = commandLine
    self.deviceTree = deviceTree
    self.kconfig = kconfig
  }

  /// The board's own choice where nothing else asks for a default pool.
  ///
  /// - Throws: `GuestRequestError` for a size that Kconfig cannot say.
  init(_ request: GuestRequest, board: Board, layout: BoardLayout) throws(GuestRequestError) {
    let pools = request.pools
    let isSettled =
      pools.isSettled
      || (request.regions + layout.reserved).contains(where: \.region.isLinuxCMADefault)
    let ofBoard = board.defaults.cma.map { PoolRequest(bytes: $0) }
    // What the board's own command line asks for is asked beside a node of the layout's.
    let ofArguments = pools.isSettled ? nil : board.kernel?.poolRequest
    guard let pool = pools.asked ?? ofArguments ?? (isSettled ? nil : ofBoard) else {
      let isKconfigAlone = pools.kconfig != nil && pools.deviceTree == nil
      self.init(
        via: isKconfigAlone ? .kconfig : .deviceTree, deviceTree: pools.deviceTree,
        kconfig: pools.kconfig)
      return
    }
    let isBounded = pools.via == .commandLine
    try self.init(
      pools, asked: isBounded ? Self.bounded(pool, for: request, on: board) : pool)
  }

  /// The choice of a board's own device tree, or of the board file that has it, where nothing else asks for
  /// a default pool.
  ///
  /// - Parameter board: whose file has the tree; nil for a tree alone.
  /// - Throws: `GuestRequestError` for a size that Kconfig cannot say, and for a `cma=` of the tree
  ///   that is not one.
  init(
    _ request: GuestRequest, ownTree: OwnTree, board: Board? = nil
  ) throws(GuestRequestError) {
    let pools = request.pools
    // Takes the place of the tree's own, whatever that is.
    if let asked = pools.asked, pools.via == .commandLine {
      try self.init(pools, asked: asked)
      return
    }
    let ofBoard =
      board?.kernel?.poolRequest
      ?? (ownTree.regions.contains(where: \.isDefault)
        ? nil : board?.defaults.cma.map { PoolRequest(bytes: $0) })
    var ofTree = pools.isOmitted ? nil : ofBoard
    if ofTree == nil, !pools.isOmitted {
      ofTree = try PoolRequest(ofBootArguments: ownTree.bootArguments)
    }
    if let asked = pools.asked {
      try self.init(pools, asked: asked, commandLine: ofTree)
    } else {
      let isKconfigAlone = pools.kconfig != nil && pools.deviceTree == nil
      self.init(
        via: ofTree != nil ? .commandLine : isKconfigAlone ? .kconfig : .deviceTree,
        commandLine: ofTree, deviceTree: pools.deviceTree, kconfig: pools.kconfig)
    }
  }

  /// - Parameter commandLine: what is on the command line where the pool is asked for otherwise.
  private init(
    _ pools: GuestRequest.Pools, asked: PoolRequest, commandLine: PoolRequest? = nil
  ) throws(GuestRequestError) {
    switch pools.via {
    case .commandLine:
      self.init(
        via: .commandLine, commandLine: asked, deviceTree: pools.deviceTree,
        kconfig: pools.kconfig)
    case .deviceTree:
      self.init(
        via: .deviceTree, commandLine: commandLine, deviceTree: asked, kconfig: pools.kconfig)
    case .kconfig:
      do {
        self.init(
          via: .kconfig, commandLine: commandLine, deviceTree: pools.deviceTree,
          kconfig: try KconfigPool(bytes: asked.bytes))
      } catch {
        throw GuestRequestError(.cma, "\(error)")
      }
    }
  }

  /// Of a board of 32-bit ARM with a `dma-limit`: no higher than its kernel would look
  /// (arch/arm/mm/init.c, setup_dma_zone), which a guest, whose machine has no dma_zone_size, has to be
  /// told. The user's own .config says whether that kernel has such a zone.
  private static func bounded(
    _ pool: PoolRequest, for request: GuestRequest, on board: Board
  ) -> PoolRequest {
    guard board.architecture == .arm, request.kernel.configuration == nil,
      let limit = board.devices.dmaLimit, limit.value > 0
    else { return pool }
    return pool.searched(upTo: PhysicalAddress(limit.value - 1)) ?? pool
  }

  /// What ``via`` asks for; zero for a percentage, whose size is the guest's to know.
  package var askedBytes: ByteCount {
    switch via {
    case .commandLine: commandLine?.bytes ?? .zero
    case .deviceTree: deviceTree?.bytes ?? .zero
    case .kconfig: kconfig?.bytes ?? .zero
    }
  }

  /// The node that asks for the device tree's default pool: the layout's own with another size, where
  /// it has one and no place is asked for.
  ///
  /// `alignment` is what the page size demands; the kernel raises it to that in any case.
  func defaultRegion(
    _ kernel: RunSelection.Kernel, inPlaceOf regions: [RequestedRegion]
  ) -> [RequestedRegion] {
    guard let deviceTree else { return [] }
    let own = regions.first(where: \.region.isLinuxCMADefault)
    let made =
      (deviceTree.base == nil ? own?.resized(to: deviceTree.bytes) : nil)
      ?? RequestedRegion(defaultPool: deviceTree, alignment: Self.alignment(kernel))
    return [made].compactMap(\.self)
  }

  /// CMA_MIN_ALIGNMENT_BYTES of our own kernels (include/linux/cma.h, kernel-config/cma.config):
  /// the largest block of the buddy allocator, by page size.
  private static func alignment(_ kernel: RunSelection.Kernel) -> ByteCount? {
    guard case .built(let request) = kernel else { return nil }
    return switch request.target {
    case .arm64(let pages): pages?.largestBlock
    case .arm: PageSize.fourKiB.largestBlock
    }
  }
}

extension PoolRequest {
  /// The last `cma=` of a device tree's `bootargs`; nil where there is none.
  fileprivate init?(ofBootArguments arguments: String) throws(GuestRequestError) {
    guard let last = KernelParameters(arguments).values(of: "cma").last else { return nil }
    let text = last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    do {
      try self.init(parsing: text)
    } catch {
      throw GuestRequestError(
        .deviceTree, "--dtb: the tree's bootargs have 'cma=\(text)' (\(error)): give --cma")
    }
  }
}

extension GuestRequest.Pools {
  /// Whether a user says which default pool there is to be, or that there is to be none.
  var isSettled: Bool { asked != nil || deviceTree != nil || kconfig != nil || isOmitted }
}
