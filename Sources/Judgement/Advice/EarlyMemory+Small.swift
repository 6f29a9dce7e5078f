// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities

extension EarlyMemory {
  /// Without what has more than the 48 bits of an ARMv8.0 address: what a kernel makes of that is not
  /// modelled.
  var withoutNumbersTooLarge: EarlyMemory {
    func isSmall(_ entries: [Entry]) -> Bool {
      entries.allSatisfy { $0.start < 1 << 48 && $0.size < 1 << 48 }
    }
    var small = self
    small.banks.removeAll { $0.last.value >= 1 << 48 }
    small.memoryReservations.removeAll { $0.last.value >= 1 << 48 }
    if initramfs.map({ $0.last.value >= 1 << 48 }) == true { small.initramfs = nil }
    small.reservedMemory?.nodes.removeAll { node in
      switch node.placement {
      case .fixed(let entries): !isSmall(entries)
      case .dynamic(let size, let alignment, let within):
        size >= 1 << 48 || alignment ?? 0 >= 1 << 48 || !isSmall(within ?? [])
      case .malformedFixed, .malformedSize, .malformedAlignment, .malformedRanges, .nowhere: false
      }
    }
    return small
  }
}
