// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux6dot1 = LineHistory(
    (6, 1), after: linux5dot15, checked: [.arm64: 192, .arm: 192],
    [
      RuleChange(\.largestOrderAligns, false, since: (5, 19)),
      RuleChange(\.reservesZeroCrashKernel, false, since: (5, 19)),
      RuleChange(\.hugePagesExceedLargestOrder, false),
      RuleChange(\.staticNoMap, .markedUnlessReservedRAM),
      RuleChange(\.printsRefusedSize, true),
      RuleChange(\.crashKernelSearch, .lowUnlessHigh),
      RuleChange(\.crashKernelMemoryUnit, 128 << 20),
      RuleChange(\.mapsIdentityEarly, true),
      RuleChange(\.usableRangeCount, 2),
      // What 6.1.y took from later releases.
      RuleChange(\.takesFencePoolEarly, true, since: (6, 4), backports: [(6, 1, 65)]),
    ])
}
