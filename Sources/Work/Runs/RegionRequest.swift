// SPDX-License-Identifier: Apache-2.0

import DeviceTrees
import MemoryRequests
import Quantities
import Records

extension RunRequest.Region {
  /// What the record keeps of a region that a finished tree has.
  init(_ region: DeclaredRegion) {
    self.init(
      node: region.node, bytes: region.bytes, base: region.base, isPool: region.isPool,
      isNoMap: region.isNoMap, isDefault: region.isDefault, users: region.users,
      fault: region.fault)
  }

  /// What a region that was asked for should be, where there is no tree.
  init(_ request: RequestedRegion) {
    let region = request.region
    let isPool =
      region.compatible.contains("shared-dma-pool") && region.isReusable && !region.isNoMap
    let bytes: ByteCount
    var base: PhysicalAddress?
    switch region.placement {
    case .fixed(let ranges):
      // The kernel makes a pool of the first entry only (drivers/of/of_reserved_mem.c).
      bytes = ranges.first?.size ?? .zero
      base = ranges.first?.start
    case .dynamic(let size, _, _):
      bytes = size
    }
    self.init(
      node: region.nodeName, bytes: bytes, base: base, isPool: isPool, isNoMap: region.isNoMap,
      isDefault: region.isLinuxCMADefault, users: request.users.map { "/\($0)" })
  }
}
