// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities

extension GuestRequest {
  /// One thing that is asked otherwise.
  package enum Change: Hashable, Sendable {
    /// Other places for files of the boot; nil for one that stays where it is.
    case places(deviceTree: PhysicalAddress?, initramfs: PhysicalAddress?)
    /// Another default pool, by a way.
    case pool(PoolRequest, via: PoolWay)
    /// Another region in place of the one of that node name that `--region` asks for.
    case region(String, RequestedRegion)
    case banks([PhysicalRange])
    case layout(String)
    case pageSize(PageSize)
    case tests([GuestTest])
  }

  /// The same guest but for these changes.
  package func applying(_ changes: Change...) -> GuestRequest {
    changes.reduce(into: self) { $0.apply($1) }
  }

  private mutating func apply(_ change: Change) {
    switch change {
    case .places(let deviceTree, let initramfs):
      places.deviceTree = deviceTree ?? places.deviceTree
      places.initramfs = initramfs ?? places.initramfs
    case .pool(let request, let way):
      pools.choose(.pool(request))
      pools.via = way
      // Of two that ask the same way, there can be one.
      switch way {
      case .commandLine: break
      case .deviceTree: pools.deviceTree = nil
      case .kconfig: pools.kconfig = nil
      }
    case .region(let name, let region):
      regions = regions.map { $0.region.nodeName == name ? region : $0 }
    case .banks(let banks): (self.banks, ram) = (banks, nil)
    case .layout(let name): layout = name
    case .pageSize(let size): kernel.pageSize = size
    case .tests(let tests): self.tests = tests
    }
  }
}
