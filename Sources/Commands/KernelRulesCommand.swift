// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Guests
import Kernels
import Predictions
import Quantities
import Records
import Reports
import Runs
import SystemPackage

/// `cmalab kernels rules`
struct KernelRulesCommand: ParsableCommand, DocumentedCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Print how a kernel treats early memory, rule by rule.",
    discussion: manual.text)

  static let manual = CommandManual(
    """
    A prediction follows these rules. Each has the kernel file and function that decide, and the \
    release, or point release of a stable series, that changed it last. A vendor's tree has what it \
    took from other releases: --kernel-source reads the rules off the source itself. A line such as 6.12 \
    stands for its newest release. With --against, only what the two do not treat alike.
    """,
    examples: [
      .init("what two releases do not do alike", "cmalab kernels rules 6.12.10 --against 6.12.16"),
      .init("what a vendor's tree does", "cmalab kernels rules --kernel-source linux-vendor"),
    ],
    statuses: [
      .success("they are printed"),
      .trouble("the source cannot be read"),
    ])

  @Argument(
    help:
      "The release, such as 6.12.16 (default: the newest of the line that is built by default).",
    completion: Completions.kernels, transform: { try KernelRules(checking: $0) })
  var release: KernelRules?

  @Option(help: "A kernel source tree to read the rules off, in place of a release.")
  var kernelSource: FilePath?

  @Option(
    help: "The release to compare it with.", completion: Completions.kernels,
    transform: { try KernelRules(checking: $0) })
  var against: KernelRules?

  @Option(help: FormatArgument<RuleList>.help)
  var format = FormatArgument<RuleList>.usual

  func validate() throws {
    guard release == nil || kernelSource == nil else {
      throw ValidationError("--kernel-source takes the place of a release: omit one of them")
    }
  }

  func run() throws {
    let tree = try kernelSource.map { try KernelKnowledge.rules(ofSource: $0) }
    let list = RuleList(try tree ?? release ?? Self.usual, against: against)
    try StandardOutput.write(format.document(of: list))
  }

  /// Those of the default line.
  private static var usual: KernelRules {
    get throws {
      let folder = try HostEnvironment.installation().kernelConfiguration
      return try KernelRules(checking: KernelLines(configuration: folder).line(named: nil).name)
    }
  }
}

extension KernelRules {
  /// - Throws: `ValidationError` for what is not a release, or one older than all that are known.
  init(checking text: String) throws {
    guard let release = KernelRelease(text) else {
      throw ValidationError("'\(text)' is not a kernel release: give one such as 6.12.16")
    }
    guard let rules = KernelRules(release: release) else {
      throw ValidationError(
        "the rules of Linux \(release) are not known: the oldest line is \(Self.oldest.line)")
    }
    self = rules
  }
}
