// SPDX-License-Identifier: Apache-2.0

extension LineHistory {
  static let linux6dot6 = LineHistory(
    (6, 6), after: linux6dot1,
    [
      RuleChange(\.maxOrderIsExclusive, false, since: (6, 4)),
      RuleChange(\.nodeSuffix, " on node -1"),
      RuleChange(\.searchesHighFirst, true),
      RuleChange(\.memreserveFirst, false),
      RuleChange(\.growsAlongRegions, true),
      RuleChange(\.ordersEqualRegions, true),
      RuleChange(\.printsPlaces, true),
      RuleChange(\.crashKernelSearch, .bothSides),
      RuleChange(\.crashKernelMapsPages, false),
      RuleChange(\.crashKernelAlwaysFollowsPools, true),
      RuleChange(\.needlessBounces, .full, since: (6, 5)),
    ])
}
