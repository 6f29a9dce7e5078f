// SPDX-License-Identifier: Apache-2.0

package import BootLogs
package import Quantities

/// What `cmalab explain` tells of a boot log.
package struct Explanation: Hashable, Sendable, Codable {
  package static let currentSchema = DocumentFormat.explanation.identifier

  package let schema: String
  /// As it was named to cmalab.
  package let log: String
  package let lineCount: Int
  /// In the order of the file.
  package private(set) var boots: [ExplainedBoot]

  package init(log: String, lineCount: Int, boots: [ExplainedBoot]) {
    schema = Self.currentSchema
    self.log = log
    self.lineCount = lineCount
    self.boots = boots
  }

  /// The boot that is explained: the last one; the others are told of beside it.
  package var explained: ExplainedBoot? { boots.last }

  /// The same with the guest that reproduces the last boot.
  package func with(_ reproduced: ReproducedBoot) -> Explanation {
    var explanation = self
    if !boots.isEmpty { explanation.boots[boots.count - 1].reproduced = reproduced }
    return explanation
  }
}

/// One boot of a log, explained; nil is what nothing tells.
package struct ExplainedBoot: Hashable, Sendable {
  /// A line of the log, or a property of the tree.
  package struct Source: Hashable, Sendable, Codable {
    /// The file's name.
    package let file: String
    /// Counted from 1; nil in a device tree.
    package let line: Int?
    package let text: String

    package init(file: String, line: Int?, text: String) {
      self.file = file
      self.line = line
      self.text = text
    }
  }

  package struct Pool: Hashable, Sendable {
    /// The node's; nil for the default pool.
    package var name: String?
    package var base: PhysicalAddress?
    package var bytes: ByteCount?
    /// Who asked.
    package var kind: LoggedBoot.Pool.Kind
    package var outcome: LoggedBoot.Pool.Outcome

    package init(
      name: String?, base: PhysicalAddress?, bytes: ByteCount?, kind: LoggedBoot.Pool.Kind,
      outcome: LoggedBoot.Pool.Outcome
    ) {
      self.name = name
      self.base = base
      self.bytes = bytes
      self.kind = kind
      self.outcome = outcome
    }

    package var range: PhysicalRange? {
      guard let base, let bytes else { return nil }
      return PhysicalRange(start: base, size: bytes)
    }
  }

  /// Memory that something else had before the pools, or beside them.
  package struct Taken: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
      case kernel
      case ramdisk
      case deviceTree = "device-tree"
      /// Of /reserved-memory, `/memreserve/`, or a vendor's own table.
      case region
      case crashKernel = "crash-kernel"
    }

    package let kind: Kind
    package let name: String
    package let range: PhysicalRange
    package let evidence: [Source]

    package init(kind: Kind, name: String, range: PhysicalRange, evidence: [Source]) {
      self.kind = kind
      self.name = name
      self.range = range
      self.evidence = evidence
    }
  }

  /// The lines of each key, under the key's name; those of pools and findings in their order.
  package struct Evidence: Hashable, Sendable, Codable {
    package var kernelRelease: [Source] = []
    package var machine: [Source] = []
    package var architecture: [Source] = []
    package var pageSizeBytes: [Source] = []
    package var banks: [Source] = []
    package var commandLineCMA: [Source] = []
    package var pools: [[Source]] = []
    package var cmaTotalBytes: [Source] = []
    package var cause: [Source] = []

    package init() {}
  }

  /// Something that the log shows, and what it means.
  package struct Finding: Hashable, Sendable, Codable {
    /// Stable, for scripts.
    package enum ID: String, Hashable, Sendable, Codable {
      case allocationFailed = "allocation-failed"
      case bounceBuffers = "bounce-buffers"
      case bypassed
      case crashKernelRefused = "crash-kernel-refused"
      case defaultPoolRefused = "default-pool-refused"
      case ignoredRAM = "ignored-ram"
      case loaderRefused = "loader-refused"
      case noPool = "no-pool"
      case nodeFormat = "node-format"
      case nodeRefused = "node-refused"
      case notActivated = "not-activated"
      case outOfMemory = "out-of-memory"
      case overlap
      case poolAboveFourGigabytes = "pool-above-4g"
      case poolOutsideRAM = "pool-outside-ram"
      case poolOverUnmapped = "pool-over-unmapped"
      case property
      case regionRefused = "region-refused"
    }

    package let id: ID
    /// Whether it is a fault, and not something that only looks like one.
    package let isFault: Bool
    /// In a sentence.
    package let statement: String
    package let cause: String
    package let remedy: String
    package let evidence: [Source]

    package init(
      id: ID, isFault: Bool = true, statement: String, cause: String, remedy: String,
      evidence: [Source]
    ) {
      self.id = id
      self.isFault = isFault
      self.statement = statement
      self.cause = cause
      self.remedy = remedy
      self.evidence = evidence
    }

    /// The same with other lines.
    package func with(evidence: [Source]) -> Finding {
      Finding(
        id: id, isFault: isFault, statement: statement, cause: cause, remedy: remedy,
        evidence: evidence)
    }
  }

  /// What is on every boot of some boards, and no fault.
  package struct Harmless: Hashable, Sendable, Codable {
    package let what: String
    package let evidence: [Source]

    package init(what: String, evidence: [Source]) {
      self.what = what
      self.evidence = evidence
    }
  }

  /// What the log does not have, and the command that shows it on the board.
  package struct Missing: Hashable, Sendable, Codable {
    package let what: String
    package let command: String

    package init(what: String, command: String) {
      self.what = what
      self.command = command
    }
  }

  /// Something to type, and what for.
  package struct Step: Hashable, Sendable, Codable {
    package enum Place: String, Hashable, Sendable, Codable {
      /// Where cmalab is.
      case here
      /// On the board.
      case board
      /// Among the parameters that the boot loader gives the kernel.
      case commandLine = "command-line"
    }

    package let place: Place
    package let text: String
    package let purpose: String

    package init(_ place: Place, _ text: String, _ purpose: String) {
      self.place = place
      self.text = text
      self.purpose = purpose
    }
  }

  /// What the model makes of the same board.
  package struct Predicted: Hashable, Sendable, Codable {
    /// The release whose rules were followed; nil where there is no prediction.
    package let rules: String?
    /// None where it cannot be predicted.
    package let pools: [Pool]
    /// Whether pools and refusals are those of the log; nil where they cannot be compared.
    package let agrees: Bool?
    /// The largest default pool that the kernel would reserve, as `cma=` asks for it; nil where it
    /// cannot be said.
    package var fitsBytes: ByteCount?
    /// The largest that leaves the rest of the boot what it needs.
    package var safeBytes: ByteCount?
    package let assumptions: [String]
    /// Whether the nodes of the pools are made up from the log, without alloc-ranges, as no tree was
    /// given; nil where they are not, and in explanations of earlier releases.
    package let areNodesAssumed: Bool?
    /// Why it cannot be predicted; nil where it can.
    package let unknown: String?

    package init(
      rules: String?, pools: [Pool], agrees: Bool?, fitsBytes: ByteCount? = nil,
      safeBytes: ByteCount? = nil, assumptions: [String], areNodesAssumed: Bool? = nil,
      unknown: String?
    ) {
      self.rules = rules
      self.pools = pools
      self.agrees = agrees
      self.fitsBytes = fitsBytes
      self.safeBytes = safeBytes
      self.assumptions = assumptions
      self.areNodesAssumed = areNodesAssumed
      self.unknown = unknown
    }
  }

  package var kernelRelease: String?
  package var machine: String?
  package var architecture: Architecture?
  package var pageSizeBytes: ByteCount?
  /// By address, adjacent ones joined.
  package var banks: [PhysicalRange]?
  package var commandLineCMA: String?
  package var pools: [Pool] = []
  package var cmaTotalBytes: ByteCount?
  /// `exact`, or `needs: …`: what else it takes to compute the places of the pools.
  package var replay = ""
  /// Of the first finding; nil where nothing is wrong, nor looks so.
  package var cause: String?
  package var remedy: String?
  /// By address, as far as log and tree tell.
  package var taken: [Taken] = []
  package var evidence = Evidence()
  package var predicted: Predicted?
  /// Nil where no guest was started.
  package var reproduced: ReproducedBoot?
  package var missing: [Missing] = []
  /// Faults first, the gravest one at the top.
  package var findings: [Finding] = []
  package var harmless: [Harmless] = []
  /// What to type next.
  package var next: [Step] = []
  /// Its lines in the log.
  package var firstLine = 0
  package var lastLine = 0
  /// In a sentence.
  package var summary = ""

  package init() {}

  /// Whether something is wrong.
  package var isWrong: Bool { findings.contains(where: \.isFault) }
}
