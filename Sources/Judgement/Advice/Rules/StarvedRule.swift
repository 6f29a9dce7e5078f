// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import Predictions
import Quantities
import Records

/// Pools that leave the kernel too little.
struct StarvedRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("starved"), .error, "the pools leave too little memory for the kernel",
    consequence: "the kernel panics", origin: "mm/oom_kill.c, out_of_memory; mm/memblock.c",
    remedy: "ask for less: 'cmalab max'")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let prediction = subject.prediction, let fatality = prediction.fatality,
      !fatality.isOfLayout, fatality != .dmaRemapping
    else { return [] }
    let largest = prediction.pools.max { $0.range.size < $1.range.size }
    return [
      description.finding(
        at: largest.map(subject.place(of:)) ?? .node(path: "/"), problem: fatality.words,
        message: fatality == .outOfMemory ? "Kernel panic - not syncing" : nil)
    ]
  }
}
