// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux5dot10 = LineHistory(
    (5, 10), after: linux5dot4, checked: [.arm64: 262, .arm: 262],
    [
      RuleChange(\.overriddenDefault, .whenSetUp),
      RuleChange(\.regionListLength, 64),
      RuleChange(\.fullListMessage, .plain),
      RuleChange(\.deviceNodeBytes, 168),
      RuleChange(\.crashKernelLimitGap, 0),
      // What 5.10.y took from later releases.
      RuleChange(\.staticNoMap, .markedUnlessReserved, since: (5, 12), backports: [(5, 10, 20)]),
      RuleChange(\.zonesFollowDevices, true, since: (5, 11), backports: [(5, 10, 22)]),
      RuleChange(\.crashKernelFirst, false, since: (5, 11), backports: [(5, 10, 22)]),
      RuleChange(
        \.crashKernelAlwaysFollowsPools, true, since: (5, 11), backports: [(5, 10, 22)]),
      RuleChange(\.poolTime, .afterMemoryMap, since: (5, 11), backports: [(5, 10, 37)]),
      RuleChange(\.zoneLimit, .powerOfTwo, since: (5, 11), backports: [(5, 10, 47)]),
      RuleChange(\.crashKernelMapsPages, true, since: (5, 13), backports: [(5, 10, 47)]),
      RuleChange(
        \.crashKernelAlwaysFollowsPools, false, since: (5, 18),
        backports: [(5, 15, 33), (5, 10, 110)]),
      RuleChange(
        \.sectionUsageBytes, 16, since: (6, 8),
        backports: [(6, 6, 15), (6, 1, 76), (5, 15, 149), (5, 10, 210)]),
    ])
}
