// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import GuestImages
package import GuestRequests
package import Kernels
import MemoryRequests
package import Quantities
import SystemPackage

extension RunSelection {
  /// Looks everything up that a request names.
  ///
  /// - Parameter describesBoardsKernel: whether the guest's kernel is the one that its board runs, as far
  ///   as the board file describes one and nobody asks for another.
  /// - Throws: `GuestRequestError` for a name that is not there and for what does not go together;
  ///   `YAMLFileError`, `OwnTreeError` and `HostFileError` for a file that is broken.
  package init(
    _ request: GuestRequest, in installation: Installation, for purpose: Purpose = .verdict,
    describesBoardsKernel: Bool = false
  ) async throws {
    try request.check()
    let givenTree = try await OwnTree(of: request)
    var board =
      try givenTree.map { try Self.board(of: $0, request) }
      ?? Self.board(of: request, in: installation)
    var ownTree = givenTree
    if ownTree == nil, let file = board.deviceTree {
      ownTree = try await OwnTree(at: file, for: request)
    }
    var request = request
    if describesBoardsKernel {
      request = request.describingKernel(of: board)
      try request.check()
    }
    let layout = try Self.layout(of: board, request)
    // Nobody cares where the default board has its devices.
    if ownTree == nil, request.board == GuestRequest.usualBoard {
      board = board.movingDevices(clearOf: layout.banks)
    }
    let pools =
      try ownTree.map { try PoolSettings(request, ownTree: $0, board: board) }
      ?? PoolSettings(request, board: board, layout: layout)
    self.init(
      request: request, board: board, ownTree: ownTree, layout: layout, pools: pools,
      kernel: try Kernel(
        request.kernel, pool: pools.kconfig ?? .none, for: board.architecture, installation),
      places: GivenPlaces(request.places, loader: request.banks.isEmpty ? board.loader : nil),
      cpuCount: request.cpuCount ?? board.cpu.count, regions: request.regions,
      memoryReservations: request.memoryReservations, fragment: request.fragment,
      appended: [board.kernel?.guestArguments ?? "", request.appended].filter { !$0.isEmpty }
        .joined(separator: " "), isMemoryTraced: request.isMemoryTraced,
      tests: Self.tests(
        of: request,
        hasRegions: !(request.regions + layout.reserved).isEmpty
          || ownTree?.consumers.isEmpty == false),
      timeout: request.timeout,
      purpose: purpose)
    try checkNames(of: request.regions)
  }

  /// Refuses a region whose node is there already.
  ///
  /// - Parameter given: the last of ``regions``, which options ask for.
  private func checkNames(of given: [RequestedRegion]) throws(GuestRequestError) {
    let made = pools.defaultRegion(kernel, inPlaceOf: layout.reserved).map(\.region.nodeName)
    let ofBoard = Set(regions.dropLast(given.count).map(\.region.nodeName)).subtracting(made)
    let ofTree = Set(ownTree?.regions.map(\.node) ?? [])
    var earlier: Set<String> = []
    for name in given.map(\.region.nodeName) {
      let owner: String
      if !earlier.insert(name).inserted {
        owner = "an earlier --region has that name"
      } else if made.contains(name) {
        owner = "the default pool's node has that name"
      } else if ofBoard.contains(name) {
        owner = "layout '\(layout.name)' of \(board.name) has a region of that name"
      } else if ofTree.contains(name) {
        owner = "the board's own tree has a region of that name"
      } else {
        continue
      }
      throw GuestRequestError(
        .region, "--region \(name): \(owner): give it another, or another address")
    }
  }

  /// The board that a request names.
  ///
  /// - Throws: as ``init(_:in:for:)``.
  static func board(of request: GuestRequest, in installation: Installation) throws -> Board {
    do {
      return try BoardCatalogue(directory: installation.boards).board(named: request.board)
    } catch let error as BoardCatalogueError {
      throw GuestRequestError(.board, "\(error)")
    }
  }

  /// The board that a device tree is of.
  private static func board(
    of tree: OwnTree, _ request: GuestRequest
  ) throws(GuestRequestError) -> Board {
    do {
      return try Board(
        ofTree: tree.facts(
          file: request.deviceTree ?? "", hasLPAE: request.kernel.hasLPAE), withBanks: request.banks
      )
    } catch {
      throw GuestRequestError(.deviceTree, "--dtb: \(error)")
    }
  }

  private static func layout(
    of board: Board, _ request: GuestRequest
  ) throws(GuestRequestError) -> BoardLayout {
    let layout: BoardLayout
    do {
      layout = try board.layout(named: request.layout)
    } catch {
      throw GuestRequestError(.layout, "\(error)")
    }
    if let ram = request.ram {
      do {
        return try board.layout(layout, withRAM: ram)
      } catch {
        throw GuestRequestError(.ram, "--ram \(ram.kernelArgument): \(error)")
      }
    }
    guard !request.banks.isEmpty else { return layout }
    do {
      return try board.layout(layout, withBanks: request.banks)
    } catch {
      throw GuestRequestError(.bank, "--bank: \(error)")
    }
  }

  /// `all` omits what this guest has nothing for.
  static func tests(of request: GuestRequest, hasRegions: Bool) -> [GuestTest] {
    guard request.tests.contains(.all) else { return request.tests }
    return GuestTest.each.filter {
      $0 != .region || hasRegions || request.tests.contains(.region)
    }
  }
}

extension GivenPlaces {
  /// - Parameter loader: the board's; nil where its places are not those of the guest's RAM.
  fileprivate init(_ places: GuestRequest.Places, loader: BoardLoader?) {
    self.init(
      initramfs: places.initramfs ?? loader?.initramfs,
      deviceTree: places.deviceTree ?? loader?.deviceTree, loader: loader?.program)
  }
}

extension OwnTree {
  /// The tree that a request names; nil where it names none.
  fileprivate init?(of request: GuestRequest) async throws {
    guard let file = request.deviceTree else { return nil }
    try await self.init(at: file, for: request)
  }

  /// - Throws: also `GuestRequestError` for a request that asks the tree for a second default pool.
  fileprivate init(at file: FilePath, for request: GuestRequest) async throws {
    try await self.init(at: file, overlays: request.overlays)
    guard request.pools.deviceTree == nil, request.pools.via != .deviceTree else {
      guard let own = regions.first(where: \.isDefault) else { return }
      let option = request.pools.deviceTree == nil ? GuestOption.via : .deviceTreeCMA
      throw GuestRequestError(
        option,
        "\(option.argument) asks for a second default pool: \(file) has '\(own.node)' already; "
          + "change that node, or leave \(option.argument) out, so that cma= overrides it")
    }
  }
}

extension KernelTarget {
  /// - Throws: `GuestRequestError` for an option that the architecture does not have.
  package init(
    _ kernel: GuestRequest.Kernel, for architecture: Architecture,
    _ base: KernelBase = .fragments
  ) throws(GuestRequestError) {
    switch architecture {
    case .arm64:
      guard !kernel.hasLPAE else {
        throw GuestRequestError(
          .lpae, "--lpae is for 32-bit ARM, and this is arm64: leave it out")
      }
      self = .arm64(kernel.pageSize ?? (base == .fragments ? .fourKiB : nil))
    case .arm:
      if let pageSize = kernel.pageSize, pageSize != .fourKiB {
        throw GuestRequestError(
          .pageSize, "--page-size is \(pageSize.rawValue): 32-bit ARM has 4k only")
      }
      self = .arm(hasLPAE: kernel.hasLPAE)
    }
  }
}
