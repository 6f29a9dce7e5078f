// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux6dot12 = LineHistory(
    (6, 12), checked: [.arm64: 95],
    changes: [
      RuleChange(\.maxOrderIsExclusive, false, since: (6, 4)),
      RuleChange(\.nodeSuffix, " on node -1", since: (6, 5)),
      RuleChange(\.memreserveFirst, false, since: (6, 5)),
      RuleChange(\.growsAlongRegions, true, since: (6, 5)),
      RuleChange(\.ordersEqualRegions, true, since: (6, 5)),
      RuleChange(\.printsPlaces, true, since: (6, 5)),
      RuleChange(\.alwaysBounces, true, since: (6, 6)),
      RuleChange(\.crashKernelSearch, .bothSides, since: (6, 7)),
      RuleChange(\.crashKernelMapsPages, false, since: (6, 7)),
      RuleChange(\.crashKernelAlwaysFollowsPools, true, since: (6, 7)),
      RuleChange(\.pageListBytes, 8 << 20, since: (6, 7)),
      RuleChange(\.crashKernelOption, .crashReserve, since: (6, 9)),
      RuleChange(\.reservesFromStext, false, since: (6, 9)),
      RuleChange(\.mapsKernelEarly, false, since: (6, 9)),
      RuleChange(\.mapsIdentityEarly, false, since: (6, 9)),
      RuleChange(\.vmemmap, .belowOneGibibyte, since: (6, 9)),
      RuleChange(\.fixmap, .top, since: (6, 9)),
      RuleChange(\.extraAreas, 0, since: (6, 10)),
      RuleChange(\.regionSort, .twoAtATime, since: (6, 11)),
      RuleChange(\.hugePagesSetPageblock, true, since: (6, 12)),
      RuleChange(\.fileTablesFollowFreeMemory, true, since: (6, 12)),
      RuleChange(\.leastBootBytes, 3 << 19, since: (6, 12)),
      RuleChange(\.propertyBytes, 104, since: (6, 12)),
      RuleChange(\.zoneLimit, .exact, since: (6, 12)),
      RuleChange(\.regionOrder, .staticFirst, since: (6, 13), backports: [(6, 12, 13)]),
      RuleChange(
        \.staticRegionPrefix, "OF: reserved mem", since: (6, 13), backports: [(6, 12, 13)]),
    ])
}
