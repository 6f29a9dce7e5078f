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
      fault: region.fault, compatible: region.compatible, alignment: region.alignment,
      windows: region.windows,
      furtherRanges: region.furtherRanges.isEmpty ? nil : region.furtherRanges)
  }

  /// What a region that was asked for should be, where there is no tree.
  init(_ request: RequestedRegion) {
    let region = request.region
    let isPool =
      region.compatible.contains("shared-dma-pool") && region.isReusable && !region.isNoMap
    let bytes: ByteCount
    var base: PhysicalAddress?
    var alignment: ByteCount?
    var windows: [PhysicalRange]?
    var furtherRanges: [PhysicalRange]?
    switch region.placement {
    case .fixed(let ranges):
      // The kernel makes a pool of the first entry only (drivers/of/of_reserved_mem.c).
      bytes = ranges.first?.size ?? .zero
      base = ranges.first?.start
      furtherRanges = ranges.count > 1 ? Array(ranges.dropFirst()) : nil
    case .dynamic(let size, let asked, let within):
      bytes = size
      alignment = asked
      windows = within.isEmpty ? nil : within
    }
    self.init(
      node: region.nodeName, bytes: bytes, base: base, isPool: isPool, isNoMap: region.isNoMap,
      isDefault: region.isLinuxCMADefault, users: request.users.map { "/\($0)" },
      compatible: region.compatible, alignment: alignment, windows: windows,
      furtherRanges: furtherRanges)
  }
}
