// SPDX-License-Identifier: Apache-2.0

// Advice: what to change so that a pool fits, and what is wrong with a device tree before any kernel
// sees it. Both ask the model of early memory; nothing here starts a process or reads a file.

package import MemoryRequests
import Predictions
package import Quantities
package import Records

/// One thing to change so that a default pool fits.
package enum PoolChange: Hashable, Sendable {
  /// Other places for files of the boot; nil for one that stays where it is.
  case places(deviceTree: PhysicalAddress?, initramfs: PhysicalAddress?)
  /// Another `cma=`: a size or an address that the kernel does not round.
  case alignment(PoolRequest)
  /// `cma=SIZE@START-END`: a range to look in.
  case window(PoolRequest)
  /// A node with `linux,cma-default`, `size` and `alloc-ranges`, and no `cma=`.
  case node(PoolRequest)
  /// Other banks, with as much RAM in all; `invented` is where the board has none.
  case split([PhysicalRange], invented: [PhysicalRange])

  package var kind: Remedy.Kind {
    switch self {
    case .places: .placement
    case .alignment: .alignment
    case .window: .window
    case .node: .node
    case .split(_, let invented): invented.isEmpty ? .split : .inventedSplit
    }
  }

  /// What the changed request asks for; nil where the request stays.
  package var request: PoolRequest? {
    switch self {
    case .places, .split: nil
    case .alignment(let request), .window(let request), .node(let request): request
    }
  }
}

extension PoolChange {
  /// The node's name, which is what the kernel's own device trees call it.
  static let nodeName = "linux,cma"

  /// The early memory with the change in it.
  ///
  /// The unflattened tree is taken to stay as large as it is.
  func applied(to memory: EarlyMemory, alignment: UInt64) -> EarlyMemory {
    var changed = memory
    switch self {
    case .places(let deviceTree, let initramfs):
      if let deviceTree, let range = PhysicalRange(start: deviceTree, size: memory.deviceTree.size)
      {
        changed.deviceTree = range
      }
      if let initramfs, let size = memory.initramfs?.size {
        changed.initramfs = PhysicalRange(start: initramfs, size: size)
      }
    case .alignment(let request), .window(let request):
      changed.setPool("cma=\(request.kernelArgument)")
    case .node(let request):
      changed.setPool(nil)
      var reserved = memory.reservedMemory ?? .init(nodes: [])
      reserved.nodes.removeAll(where: \.isDefault)
      reserved.nodes.insert(
        .init(
          name: Self.nodeName,
          placement: .dynamic(
            size: request.bytes.bytes, alignment: alignment,
            within: request.window.map { [.init(start: $0.start.value, size: $0.size.bytes)] }),
          isSharedPool: true, isReusable: true, isDefault: true), at: 0)
      changed.reservedMemory = reserved
    case .split(let banks, _):
      changed.banks = banks
    }
    return changed
  }
}

extension EarlyMemory {
  /// Replaces every `cma=` of the command line.
  mutating func setPool(_ argument: String?) {
    let others = KernelParameters(commandLine).removing("cma")
    commandLine = [others, argument ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
