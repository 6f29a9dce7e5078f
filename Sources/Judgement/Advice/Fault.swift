// SPDX-License-Identifier: Apache-2.0

import Records

/// What makes two findings one: the same rule in the same place.
struct Fault: Hashable {
  let rule: Finding.Rule
  let place: Finding.Place

  init(_ finding: Finding) {
    rule = finding.rule
    place = finding.place
  }

  init(rule: Finding.Rule, place: Finding.Place) {
    self.rule = rule
    self.place = place
  }
}
