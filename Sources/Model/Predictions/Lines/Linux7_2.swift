// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux7dot2 = LineHistory(
    (7, 2), checked: [.arm64: 13],
    changes: [
      RuleChange(\.regionArray, .allocated, since: (6, 13)),
      RuleChange(\.printsAskedSize, true, since: (6, 15)),
      RuleChange(\.nodeSuffix, "", since: (6, 15)),
      RuleChange(\.highSearch, .limit, since: (6, 15)),
      RuleChange(\.ownLimitReplaces, true, since: (6, 15)),
      RuleChange(\.refusesPoolAcrossBoundary, false, since: (6, 15)),
      RuleChange(\.dropsCrashKernelCMA, true, since: (6, 17)),
      RuleChange(\.poolTime, .beforeMemoryMap, since: (6, 19)),
      RuleChange(\.linearMap, .pages, since: (7, 0)),
      RuleChange(\.leastBootBytes, 1 << 20, since: (7, 2)),
      RuleChange(\.reservedMemBytes, 40, since: (7, 2)),
      RuleChange(\.ordersEqualRegions, false, since: (7, 2)),
      RuleChange(\.validatesFirst, true, since: (7, 2)),
      RuleChange(\.reservesFirstEntryOnly, true, since: (7, 2)),
      RuleChange(\.dropsMalformedArrays, true, since: (7, 2)),
      RuleChange(\.keepsRefusedRegions, false, since: (7, 2)),
      RuleChange(\.lackOfDriverRefuses, false, since: (7, 2)),
    ])
}
