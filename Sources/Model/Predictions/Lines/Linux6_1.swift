// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux6dot1 = LineHistory(
    (6, 1), checked: [.arm64: 192, .arm: 192],
    changes: [
      RuleChange(\.highSearch, .endOfMemory, since: (5, 11)),
      RuleChange(\.vmemmap, .projection, since: (5, 11)),
      RuleChange(\.fixmap, .belowMemoryMap, since: (5, 11)),
      RuleChange(\.sectionBits, .init(small: 27, large: 29), since: (5, 12)),
      RuleChange(\.countsInactiveAreas, false, since: (5, 12)),
      RuleChange(\.reservesFromStext, true, since: (5, 12)),
      RuleChange(\.deviceNodeBytes, 208, since: (5, 12)),
      RuleChange(\.propertyBytes, 96, since: (5, 12)),
      RuleChange(\.mapsMemoryByPages, true, since: (5, 13)),
      RuleChange(\.dynamicNoMap, .marked, since: (5, 15)),
      RuleChange(\.printsRefusedSize, true, since: (5, 15)),
      RuleChange(\.largestOrderAligns, false, since: (5, 19)),
      RuleChange(\.hugePagesExceedLargestOrder, false, since: (5, 19)),
      RuleChange(\.crashKernelSearch, .lowUnlessHigh, since: (5, 19)),
      RuleChange(\.crashKernelMemoryUnit, 128 << 20, since: (5, 19)),
      RuleChange(\.mapsIdentityEarly, true, since: (6, 0)),
      RuleChange(\.noMapOutsideMemory, true, since: (6, 1)),
    ])
}
