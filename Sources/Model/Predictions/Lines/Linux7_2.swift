// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux7dot2 = LineHistory(
    (7, 2), after: linux6dot18, checked: [.arm64: 13, .arm: 13],
    [
      RuleChange(\.poolTime, .beforeMemoryMap, since: (6, 19)),
      RuleChange(\.allocatesZeroPage, false, since: (7, 1)),
      RuleChange(\.overriddenDefault, .whenValidated),
      RuleChange(\.poolAnnouncement, .whenPlacedAndVerified),
      RuleChange(\.skipsSeveralEntries, false),
      RuleChange(\.reservesFirstEntryOnly, true),
      RuleChange(\.keepsRefusedRegions, false),
      RuleChange(\.lackOfDriverRefuses, false),
      RuleChange(\.ordersEqualRegions, false),
      RuleChange(\.reservedMemBytes, 40),
    ])
}
