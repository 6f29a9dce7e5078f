// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  static let linux7dot3 = LineHistory(
    (7, 3), after: linux7dot2, checked: [.arm64: 4, .arm: 4],
    [
      RuleChange(\.fullListMessage, .named, since: (7, 3)),
      RuleChange(\.coherentPoolUnit, .kibibytes, since: (7, 3)),
      RuleChange(\.crashKernelCMA, .pools, since: (7, 3)),
      RuleChange(\.usableRangeCount, 6, since: (7, 3)),
    ])
}
