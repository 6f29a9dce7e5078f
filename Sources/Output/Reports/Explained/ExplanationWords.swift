// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

// The words that every form of an explanation has.

extension ExplainedBoot {
  /// `Xilinx ZynqMP, arm64, pages of 4 KiB, Linux 5.15.19`, as far as it is known.
  var boardWords: String {
    let parts = [
      machine, architecture?.rawValue, pageSizeBytes.map { "pages of \($0)" },
      kernelRelease.map { "Linux \($0)" },
    ].compactMap(\.self)
    return parts.isEmpty ? "not told" : parts.joined(separator: ", ")
  }

  /// `lines 12-80`.
  var lineWords: String { "lines \(firstLine)-\(lastLine)" }

  var faults: [Finding] { findings.filter(\.isFault) }

  /// What only looks like a fault.
  var asides: [Finding] { findings.filter { !$0.isFault } }
}

extension ExplainedBoot.Pool {
  var title: String {
    switch kind {
    case _ where name != nil: name ?? ""
    case .deviceTree: "a node"
    case .unknown: "another pool"
    default: "default pool"
    }
  }

  /// Who asked.
  var asker: String {
    switch kind {
    case .deviceTree: "the device tree"
    case .commandLine: "the command line"
    case .kconfig: "the kernel's configuration"
    case .standard: "the command line or the configuration"
    case .unknown: "the log does not say who"
    }
  }

  var asking: String {
    kind == .unknown ? "the log does not say who asked for it" : "asked for by \(asker)"
  }

  var place: String { range.map(\.description) ?? base.map { "\($0)" } ?? "-" }

  var size: String { bytes?.inMebibytes ?? "-" }

  /// What became of it, without what nobody knows: `refused, asked for by the device tree`.
  var sentence: String {
    ([outcome.rawValue] + [place, size].filter { $0 != "-" } + ["asked for by \(asker)"])
      .joined(separator: ", ")
  }
}

extension ReproducedBoot {
  /// What to think of where the two differ; nil where they do not.
  var doubt: String? {
    guard !(statements.map(\.agrees) + pools.map(\.agrees)).allSatisfy(\.self) else { return nil }
    return
      "What can make a difference: the rules, the configuration (cmalab's kernels have no huge "
      + "pages, so that with pages of 4 KiB their pools are multiples of 4 MiB), and what the log does not "
      + "tell."
  }
}

extension ReproducedBoot.Kernel {
  /// How the guest's kernel stands to the log's, in a sentence.
  var standing: String {
    guard let logged else { return "The log does not say which release it is of." }
    if logged == booted { return "The log's release is the same." }
    let log = "The log's is Linux \(logged)"
    guard let differing else {
      return "\(log), whose rules are not known: what differs is unknown."
    }
    guard !differing.isEmpty else { return "\(log), which treats early memory alike." }
    let rules = differing.count == 1 ? "one rule" : "\(differing.count) rules"
    return "\(log), which differs in \(rules): \(differing.joined(separator: ", "))."
  }
}

extension ReproducedBoot.Statement {
  var standing: String { agrees ? "the same" : "not the same" }
}

extension ReproducedBoot.Pool {
  var title: String { name ?? "default pool" }

  var standing: String {
    if agrees { return "the same" }
    if logLines.isEmpty { return "told by the guest alone" }
    return guestLines.isEmpty ? "told by the log alone" : "not the same"
  }
}

extension ExplainedBoot.Predicted {
  /// How it stands to the log, in a sentence.
  var standing: String {
    if let unknown { return "It cannot be predicted: \(unknown)." }
    let rules = rules ?? "?"
    switch agrees {
    case true?:
      return "The model, with the rules of Linux \(rules), comes to the same as the log."
    case false?:
      return "The model, with the rules of Linux \(rules), comes to something else than the log: "
        + (areNodesAssumed == true
          ? "the node has alloc-ranges or a place that the log does not show, something takes "
            + "memory that it does not show, or this kernel differs."
          : "something takes memory that the log does not show, or this kernel differs.")
    case nil:
      return "The model, with the rules of Linux \(rules); the log has nothing to compare it with."
    }
  }

  /// Its pools, where they are not the log's; none of what it cannot predict.
  var otherPools: [String] {
    guard agrees == false, unknown == nil else { return [] }
    return pools.map { "\($0.title): \($0.outcome.rawValue), \($0.place), \($0.size)" }
  }

  /// What `cma=` can ask for; nil where it cannot be said.
  var room: String? {
    guard let fits = fitsBytes, let safe = safeBytes else { return nil }
    guard fits > .zero else { return "No default pool fits on this board." }
    let largest = "cma=\(fits.kernelArgument) is the largest default pool that fits"
    if safe == fits { return largest + " and is safe." }
    return largest
      + (safe > .zero
        ? ", cma=\(safe.kernelArgument) the largest that is safe." : "; none is safe.")
  }
}

extension ExplainedBoot.Step {
  /// Where it is typed.
  var placeWords: String {
    switch place {
    case .here: "here"
    case .board: "on the board"
    case .commandLine: "on the kernel's command line"
    }
  }
}

extension ByteCount {
  /// As the kernel counts pools.
  var inMebibytes: String {
    bytes & ((1 << 20) - 1) == 0 ? "\(wholeMebibytes) MiB" : description
  }
}
