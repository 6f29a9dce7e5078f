// SPDX-License-Identifier: Apache-2.0
import DeviceTrees
import Quantities
import Verdicts

extension RunRequest.Region {
  /// What the record keeps of a region.
  init(_ region: ReservedRegion) {
    let isPool =
      region.compatible.contains("shared-dma-pool") && region.isReusable && !region.isNoMap
    switch region.placement {
    case .fixed(let ranges):
      // The kernel makes a pool of the first entry only (drivers/of/of_reserved_mem.c).
      self.init(
        node: region.nodeName, bytes: ranges.first?.size ?? .zero, base: ranges.first?.start,
        isPool: isPool, isNoMap: region.isNoMap)
    case .dynamic(let size, _, _):
      self.init(
        node: region.nodeName, bytes: size, base: nil, isPool: isPool, isNoMap: region.isNoMap)
    }
  }
}
