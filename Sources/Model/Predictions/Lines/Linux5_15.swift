// SPDX-License-Identifier: Apache-2.0

extension LineHistory {
  static let linux5dot15 = LineHistory(
    (5, 15), after: linux5dot10,
    [
      RuleChange(\.vmemmap, .projection, since: (5, 11)),
      RuleChange(\.fixmap, .belowMemoryMap, since: (5, 11)),
      RuleChange(\.patchUnit, 2 << 20, since: (5, 11)),
      RuleChange(\.sectionBits, .init(small: 27, large: 29), since: (5, 12)),
      // arm64's own pfn_valid went.
      RuleChange(\.unmappedPagesAreInvalid, false, since: (5, 16), backports: [(5, 15, 36)]),
      RuleChange(\.keepsGapBesideVmalloc, true, since: (5, 14)),
      RuleChange(\.highSearch, .endOfMemory),
      RuleChange(\.countsInactiveAreas, false),
      RuleChange(\.reservesFromStext, true),
      RuleChange(\.deviceNodeBytes, 208),
      RuleChange(\.propertyBytes, 96),
      RuleChange(\.mapsMemoryByPages, true),
      RuleChange(\.staticNoMap, .marked),
      RuleChange(\.dynamicNoMap, .marked),
      RuleChange(\.crashKernelSearch, .low),
      RuleChange(\.elfCoreHeaderTime, .afterStaticRegions),
    ])
}
