// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities

// What nothing tells is written as null: a key that is missing would be another format's.

extension ExplainedBoot: Codable {
  private enum CodingKeys: String, CodingKey {
    case kernelRelease, machine, architecture, pageSizeBytes, banks, commandLineCMA, pools
    case cmaTotalBytes, replay, taken, cause, remedy, evidence, predicted, missing, findings,
      harmless,
      next, reproduced
    case firstLine, lastLine, summary
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    kernelRelease = try container.decode(String?.self, forKey: .kernelRelease)
    machine = try container.decode(String?.self, forKey: .machine)
    architecture = try container.decode(String?.self, forKey: .architecture).flatMap {
      Architecture(rawValue: $0)
    }
    pageSizeBytes = try container.decode(ByteCount?.self, forKey: .pageSizeBytes)
    banks = try container.decode([PhysicalRange]?.self, forKey: .banks)
    commandLineCMA = try container.decode(String?.self, forKey: .commandLineCMA)
    pools = try container.decode([Pool].self, forKey: .pools)
    cmaTotalBytes = try container.decode(ByteCount?.self, forKey: .cmaTotalBytes)
    replay = try container.decode(String.self, forKey: .replay)
    cause = try container.decode(String?.self, forKey: .cause)
    remedy = try container.decode(String?.self, forKey: .remedy)
    taken = try container.decode([Taken].self, forKey: .taken)
    evidence = try container.decode(Evidence.self, forKey: .evidence)
    predicted = try container.decode(Predicted?.self, forKey: .predicted)
    reproduced = try container.decodeIfPresent(ReproducedBoot.self, forKey: .reproduced)
    missing = try container.decode([Missing].self, forKey: .missing)
    findings = try container.decode([Finding].self, forKey: .findings)
    harmless = try container.decode([Harmless].self, forKey: .harmless)
    next = try container.decode([Step].self, forKey: .next)
    firstLine = try container.decode(Int.self, forKey: .firstLine)
    lastLine = try container.decode(Int.self, forKey: .lastLine)
    summary = try container.decode(String.self, forKey: .summary)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kernelRelease, forKey: .kernelRelease)
    try container.encode(machine, forKey: .machine)
    try container.encode(architecture?.rawValue, forKey: .architecture)
    try container.encode(pageSizeBytes, forKey: .pageSizeBytes)
    try container.encode(banks, forKey: .banks)
    try container.encode(commandLineCMA, forKey: .commandLineCMA)
    try container.encode(pools, forKey: .pools)
    try container.encode(cmaTotalBytes, forKey: .cmaTotalBytes)
    try container.encode(replay, forKey: .replay)
    try container.encode(cause, forKey: .cause)
    try container.encode(remedy, forKey: .remedy)
    try container.encode(taken, forKey: .taken)
    try container.encode(evidence, forKey: .evidence)
    try container.encode(predicted, forKey: .predicted)
    try container.encodeIfPresent(reproduced, forKey: .reproduced)
    try container.encode(missing, forKey: .missing)
    try container.encode(findings, forKey: .findings)
    try container.encode(harmless, forKey: .harmless)
    try container.encode(next, forKey: .next)
    try container.encode(firstLine, forKey: .firstLine)
    try container.encode(lastLine, forKey: .lastLine)
    try container.encode(summary, forKey: .summary)
  }
}

extension ExplainedBoot.Pool: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, base, bytes, kind, outcome
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String?.self, forKey: .name)
    base = try container.decode(PhysicalAddress?.self, forKey: .base)
    bytes = try container.decode(ByteCount?.self, forKey: .bytes)
    kind = try container.decode(LoggedBoot.Pool.Kind.self, forKey: .kind)
    outcome = try container.decode(LoggedBoot.Pool.Outcome.self, forKey: .outcome)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(base, forKey: .base)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(kind, forKey: .kind)
    try container.encode(outcome, forKey: .outcome)
  }
}
