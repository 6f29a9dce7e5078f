// SPDX-License-Identifier: Apache-2.0
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

  /// What ``via`` asks for; zero for a percentage, whose size is the guest's to know.
  package var askedBytes: ByteCount {
    switch via {
    case .commandLine: commandLine?.bytes ?? .zero
    case .deviceTree: deviceTree?.bytes ?? .zero
    case .kconfig: kconfig?.bytes ?? .zero
    }
  }

  /// The node that asks for the device tree's default pool.
  ///
  /// An address becomes `reg`, a range `alloc-ranges`. `alignment` is what the page size demands;
  /// the kernel raises it to that in any case.
  func defaultRegion(_ kernel: RunSelection.Kernel) -> [RequestedRegion] {
    guard let pool = deviceTree, pool.bytes > .zero else { return [] }
    let placement: ReservedRegion.Placement
    if let base = pool.base, pool.limit == nil,
      let range = PhysicalRange(start: base, size: pool.bytes)
    {
      placement = .fixed([range])
    } else {
      placement = .dynamic(
        size: pool.bytes, alignment: Self.alignment(kernel),
        within: [pool.window].compactMap(\.self))
    }
    return [
      RequestedRegion(
        region: ReservedRegion(
          name: "linux,cma", placement: placement, compatible: ["shared-dma-pool"],
          isReusable: true, isLinuxCMADefault: true))
    ]
  }

  /// CMA_MIN_ALIGNMENT_BYTES of our own kernels (include/linux/cma.h, kernel-config/cma.config):
  /// the largest block of the buddy allocator, by page size.
  private static func alignment(_ kernel: RunSelection.Kernel) -> ByteCount? {
    guard case .built(let request) = kernel else { return nil }
    return switch request.target {
    case .arm64(let pages): pages.largestBlock
    case .arm: PageSize.fourKiB.largestBlock
    }
  }
}
