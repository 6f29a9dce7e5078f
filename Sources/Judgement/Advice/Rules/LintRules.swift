// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
package import Records

/// Every rule, in the order in which findings of one severity are told.
package enum LintRules {
  static let all: [any LintRule] = [
    SizeInRegRule(), KernelComplaintRules(), MemoryTypeRule(), NoMemoryRule(),
    MemoryLengthRule(), OverlappingBanksRule(), WrappingReservationRule(), DuplicatePhandleRule(),
    MisplacedRegionRule(), InertOverlayRule(), ExclusiveFlagsRule(), NumberTooLargeRule(),
    NoPlaceRule(), MalformedPropertyRule(), DefaultTwiceRule(), LateDefaultRule(),
    DMARemappingRule(), PoolOutsideMemoryRule(), RegionOutsideMemoryRule(), PoolOverKernelRule(),
    PoolOverBootDataRule(), PoolOverReservationRule(), GivenAwayReservationRule(), DMALimitRule(),
    DMAMaskRule(), RoundedSizeRule(), UnusableMemoryRule(), UnmappedMemoryRule(), StarvedRule(),
  ]

  /// What `cmalab lint --rules` prints: every rule once, boards' own last.
  package static var list: LintRuleList {
    var seen: Set<Finding.Rule> = []
    return LintRuleList(
      rules: (all.flatMap(\.descriptions) + [InventedRAMRule.description])
        .filter { seen.insert($0.rule).inserted })
  }

  static func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    var found: [Finding] = []
    for rule in all { found += try rule.findings(in: subject) }
    return found
  }
}
