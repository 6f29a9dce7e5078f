// SPDX-License-Identifier: Apache-2.0

package import Advice
package import Boards
import FlattenedTree
package import GuestRequests
import MemoryRequests
import Predictions
package import Quantities
import YAMLFiles

/// A model that answers for one board without a kernel, a compiler or a process: its kernel is
/// ``SampleKernel``.
package struct MadeUpModel: GuestModel {
  /// A board instead of the one of ``file``.
  private let other: Board?

  package init(of board: Board? = nil) {
    other = board
  }

  package static let file = """
    name: made-up
    summary: a board that nobody built
    architecture: arm64
    cpu: { model: cortex-a57, count: 1 }
    devices: { gic: 0xf9000000, uart: 0xff000000 }
    physical-ram: [{ base: 0x0, size: 2G }, { base: 0x800000000, size: 2G }]
    layouts:
      stock:
        summary: what it has
        banks: [{ base: 0x0, size: 0x7ff00000 }, { base: 0x800000000, size: 2G }]
      wide:
        summary: what it has not
        banks: [{ base: 0x0, size: 0xf0000000 }, { base: 0x800000000, size: 0x10000000 }]
    defaults: { layout: stock, cma: 64M }
    sources: [made up]
    """

  package func board(of request: GuestRequest) throws -> Board {
    if let other { return other }
    guard request.board == "made-up" else {
      throw GuestRequestError(.board, "there is no board '\(request.board)'")
    }
    return try Board(YAMLText(file: "made-up.yaml", yaml: Self.file), name: "made-up")
  }

  package func outlook(of request: GuestRequest) async throws -> GuestOutlook {
    let board = try board(of: request)
    var layout = try board.layout(named: request.layout)
    if !request.banks.isEmpty { layout = try board.layout(layout, withBanks: request.banks) }
    let asked = request.pools.asked ?? PoolRequest(bytes: board.defaults.cma ?? .zero)
    let isOnCommandLine = request.pools.via == .commandLine
    var memory = SampleKernel.memory(
      layout.banks, cma: isOnCommandLine ? asked.kernelArgument : "0",
      deviceTree: request.places.deviceTree?.value)
    if !isOnCommandLine {
      memory.commandLine = "console=ttyAMA0"
      memory.reservedMemory = .init(nodes: [
        .init(
          name: "linux,cma",
          placement: .dynamic(
            size: asked.bytes.bytes, alignment: nil,
            within: asked.window.map { [.init(start: $0.start.value, size: $0.size.bytes)] }),
          isSharedPool: true, isReusable: true, isDefault: true)
      ])
    }
    return GuestOutlook(
      board: board, layout: layout, askedBytes: asked.bytes, kernel: "6.1",
      facts: SampleKernel.facts(), memory: memory, tree: try Self.tree(of: layout))
  }

  package func kernel(
    of request: GuestRequest, for architecture: Architecture
  ) async throws -> KernelOutlook {
    KernelOutlook(
      name: "6.1",
      facts: architecture == .arm
        ? SampleKernel.factsOfARM()
        : SampleKernel.facts(pageSize: request.kernel.pageSize ?? .fourKiB))
  }

  private static func tree(of layout: BoardLayout) throws -> [UInt8] {
    var tree = try FlattenedTree()
    try tree.set("#address-cells", of: .root, to: .cells([2]))
    try tree.set("#size-cells", of: .root, to: .cells([2]))
    for bank in layout.banks {
      let name = "memory@\(String(bank.start.value, radix: 16))"
      _ = try tree.addNode(name, under: .root)
      let node = NodePath.root.child(name)
      try tree.set("device_type", of: node, to: .strings(["memory"]))
      let cells = [bank.start.value, bank.size.bytes].flatMap {
        [UInt32($0 >> 32), UInt32(truncatingIfNeeded: $0)]
      }
      try tree.set("reg", of: node, to: .cells(cells))
    }
    return tree.blob
  }
}
