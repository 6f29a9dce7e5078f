// SPDX-License-Identifier: Apache-2.0

extension LineHistory {
  static let linux6dot18 = LineHistory(
    (6, 18), after: linux6dot12,
    [
      RuleChange(\.printsAskedSize, true, since: (6, 15)),
      RuleChange(\.nodeSuffix, "", since: (6, 15)),
      RuleChange(\.highSearch, .limit, since: (6, 15)),
      RuleChange(\.boundaryCheck, .withHighMemory, since: (6, 15)),
      RuleChange(\.crashKernelCMA, .ignored, since: (6, 17)),
      RuleChange(\.ownLimitReplaces, true),
      RuleChange(\.linearMap, .pages),
      RuleChange(\.leastBootBytes, 1 << 20),
      // What 6.18.y took from later releases.
      RuleChange(\.dropsMalformedArrays, true, since: (6, 19), backports: [(6, 18, 2)]),
      RuleChange(\.overriddenDefault, .whenReserved, since: (6, 19), backports: [(6, 18, 9)]),
      RuleChange(\.printsIgnoredEntries, false, since: (6, 19), backports: [(6, 18, 9)]),
      RuleChange(\.skipsSeveralEntries, true, since: (6, 19), backports: [(6, 18, 9)]),
    ])
}
