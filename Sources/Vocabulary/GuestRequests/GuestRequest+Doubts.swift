// SPDX-License-Identifier: Apache-2.0

import MemoryRequests
import Quantities

extension GuestRequest {
  /// What can be meant, and hardly is: sizes of pools below any page, of which the unit was left out.
  package var doubts: [String] {
    let asked = [
      (GuestOption.cma, pools.asked?.bytes), (.deviceTreeCMA, pools.deviceTree?.bytes),
    ]
    return asked.compactMap { option, size in
      guard let bytes = size?.bytes, (1..<Self.leastMeant).contains(bytes) else { return nil }
      return
        "\(option.argument) \(bytes) is \(bytes) bytes, which the kernel rounds up to a pageblock: "
        + "\(bytes) MiB are written \(bytes)M"
    }
  }

  /// A page of the largest that ARM64 has, in bytes; a pool is larger than that.
  private static let leastMeant: UInt64 = 64 << 10
}
