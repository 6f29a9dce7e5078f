// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import MemoryRequests
import Predictions
import Quantities
import Records

/// `cma=` is rounded up silently.
struct RoundedSizeRule: LintRule {
  private let description = LintRuleDescription(
    Finding.Rule("rounded"), .note,
    "cma= asks for a size that is not a multiple of the CMA alignment",
    consequence: "the pool is larger than asked for",
    origin: "mm/cma.c, cma_declare_contiguous_nid",
    remedy: "give a multiple of the alignment where the size matters")

  var descriptions: [LintRuleDescription] { [description] }

  func findings(in subject: LintSubject) throws(FDTError) -> [Finding] {
    guard let prediction = subject.prediction, prediction.setting == .commandLine,
      prediction.refusal == nil,
      let argument = PoolArgument(commandLine: subject.modelled.commandLine),
      let pool = prediction.defaultPool, pool.range.size.bytes != argument.size
    else { return [] }
    let unit = ByteCount(subject.facts.poolAlignment)
    return [
      description.finding(
        at: LintSubject.commandLine,
        problem: "cma= asks for \(ByteCount(argument.size)), which is not a multiple of \(unit)",
        consequence: "the pool has \(pool.range.size)",
        message: pool.message,
        remedy: "give a multiple of \(unit) where the size matters")
    ]
  }
}
