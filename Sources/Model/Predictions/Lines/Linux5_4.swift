// SPDX-License-Identifier: Apache-2.0

extension LineHistory {
  /// The oldest line: its rules are the ones that ``KernelRules`` declares.
  static let linux5dot4 = LineHistory(
    (5, 4),
    [
      // What 5.4.y took from 5.12, and gave back.
      RuleChange(\.staticNoMap, .markedUnlessReserved, since: (5, 12), backports: [(5, 4, 102)]),
      RuleChange(\.staticNoMap, .removed, since: (5, 5), backports: [(5, 4, 119)]),
    ])
}
