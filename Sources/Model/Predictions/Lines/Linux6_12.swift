// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux6dot12 = LineHistory(
    (6, 12), after: linux6dot6, checked: [.arm64: 118, .arm: 118],
    [
      RuleChange(\.crashKernelHasWholePages, false, since: (6, 7)),
      RuleChange(\.refusesHugeCrashKernel, true, since: (6, 7)),
      RuleChange(\.pageListBytes, 8 << 20, since: (6, 7)),
      RuleChange(\.crashKernelOption, .crashReserve, since: (6, 9)),
      RuleChange(\.mapsKernelEarly, false, since: (6, 9)),
      RuleChange(\.mapsIdentityEarly, false, since: (6, 9)),
      RuleChange(\.vmemmap, .belowOneGibibyte, since: (6, 9)),
      RuleChange(\.fixmap, .top, since: (6, 9)),
      RuleChange(\.regionSort, .twoAtATime, since: (6, 11)),
      RuleChange(\.zoneLimit, .exact, since: (6, 12)),
      RuleChange(\.allocatesNodeDistances, false, since: (6, 12)),
      RuleChange(\.staticRegionPrefix, "OF: reserved mem"),
      RuleChange(\.needlessBounces, .small, since: (6, 8)),
      RuleChange(\.extraAreas, 0),
      RuleChange(\.hugePagesSetPageblock, true),
      RuleChange(\.fileTablesFollowFreeMemory, true),
      RuleChange(\.leastBootBytes, 3 << 19),
      RuleChange(\.propertyBytes, 104),
      // What 6.12.y took from later releases.
      RuleChange(\.regionOrder, .staticFirst, since: (6, 13), backports: [(6, 12, 13)]),
      RuleChange(\.regionArray, .allocated, since: (6, 13), backports: [(6, 12, 103)]),
      RuleChange(\.reservedMemBytes, 48, since: (6, 13), backports: [(6, 12, 103)]),
      RuleChange(\.poolAnnouncement, .whenPlaced, since: (6, 17), backports: [(6, 12, 45)]),
      RuleChange(\.reservesFromStext, false, since: (6, 18), backports: [(6, 12, 54)]),
      RuleChange(
        \.elfCoreHeaderTime, .first, since: (6, 19), backports: [(6, 18, 3), (6, 12, 64)]),
      RuleChange(\.mapsPartialPages, false, since: (7, 3), backports: [(6, 12, 117)]),
    ])
}
