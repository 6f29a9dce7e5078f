// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A boot while its lines arrive: facts as they stand there, not yet held against each other.
final class BootDraft {
  /// More lines of one kind than this add nothing that counts: a log is foreign input.
  static let entryLimit = 2048

  var boot = LoggedBoot()
  /// Whether a line of this boot has the kernel's mark in front; then one without is another's.
  var isMarked = false
  /// Lines of the kernel so far, and the time of the first that has one.
  private(set) var lineCount = 0
  private(set) var firstSeconds: Double?
  /// Longest line, and how many lines are that long: a terminal's edge cuts many.
  var edge = LineEdge()

  // RAM
  var nodeRanges: [Logged<PhysicalRange>] = []
  /// Of which nodes they are.
  var nodeNumbers: Set<UInt64> = []
  /// Whether a line of the kernel came behind the last of them.
  var nodeRangesEnded = false
  /// Ends of RAM by `Initmem setup`, `Faking a node at`.
  var spans: [Logged<PhysicalRange>] = []
  var vendorBanks: [Logged<PhysicalRange>] = []
  /// Bytes of `reg` that the vendor's scan line announces.
  var vendorBankBytes: UInt64?
  var memblockBanks: [Logged<PhysicalRange>] = []
  var memblockBankCount: UInt64?
  /// Pages of all RAM by node (`On node 0 totalpages`).
  var nodePages: [Logged<UInt64>] = []
  /// `Built 1 zonelists … Total pages`.
  var builtPages: Logged<UInt64>?
  /// Page sizes that a line tells.
  var pageSizes: [Logged<PageSize>] = []

  // Who boots
  var signs: [Logged<ArchitectureSign>] = []
  /// The parts of a command line that the kernel prints in several lines.
  var commandLine: CommandLineParts?
  /// The number of its last line, and that line's bytes, in a log that a terminal may have cut.
  var commandLineEnd = 0
  var commandLineLength = 0

  // Pools
  var poolEvents: [Logged<PoolEvent>] = []
  /// With how many digits each address of a pool was printed.
  var baseDigits: [UInt64: Int] = [:]
  /// `OVERLAP DETECTED!`, whose second line says of what.
  var overlapLine: LogLine?
  /// A line of early boot without the kernel's mark, as far as nothing followed.
  var unmarkedLine: LogLine?
  /// How many more lines may hold a driver's complaint about a failed allocation.
  var complaintWindow = 0

  init(loader: LoaderFacts, firstLine: Int) {
    boot.loader = loader
    boot.firstLine = firstLine
  }

  /// Takes down where the boot has come to.
  func note(_ segment: LineSplitter.Segment, seconds: Double?) {
    boot.lastLine = segment.number
    boot.isCut = !segment.isTerminated
    lineCount += 1
    if firstSeconds == nil { firstSeconds = seconds }
    if let seconds { boot.lastSeconds = seconds }
    edge.note(segment.bytes.count)
    if segment.number == commandLineEnd { commandLineLength = segment.bytes.count }
  }

  func add<Value>(
    _ value: Value, _ line: LogLine, to path: ReferenceWritableKeyPath<BootDraft, [Logged<Value>]>
  ) {
    guard self[keyPath: path].count < Self.entryLimit else { return }
    self[keyPath: path].append(Logged(value, line))
  }
}

/// What a line says of the architecture.
struct ArchitectureSign: Hashable {
  let architecture: Architecture
  /// Whether the other one never prints it.
  let isCertain: Bool
}

/// A command line, as far as its lines have come.
struct CommandLineParts {
  var text: String
  var lines: [LogLine]
  /// Whether the last line says that another one follows.
  var isContinued: Bool
  var isWhole: Bool
}

/// What one line says of a pool.
enum PoolEvent: Hashable {
  /// `cma: Reserved … at …`, the default pool's or another that the kernel places itself.
  case placed(base: UInt64?, bytes: UInt64)
  case failed(bytes: UInt64)
  /// `Found NAME, memory base …, size …` of 3.10.
  case found(name: String, base: UInt64, bytes: UInt64)
  case created(base: UInt64?, bytes: UInt64?, isCMA: Bool)
  case initialized(name: String, compatible: String)
  case region(LoggedBoot.Region)
  case bypassed(name: String?)
  case notAllocated(name: String, bytes: UInt64?)
  case notReserved(name: String, base: UInt64, bytes: UInt64)
  case misaligned
  case setUpFailed
  case driverRefused(name: String)
  case notActivated(name: String?)
  /// The kernel's own name of the pool that the line before this placed (`hugetlb_cma`, …).
  case named(String)
}

/// Where the lines of a capture end that a terminal cut.
struct LineEdge {
  private(set) var length = 0
  private(set) var count = 0

  mutating func note(_ length: Int) {
    if length > self.length {
      self.length = length
      count = 1
    } else if length == self.length {
      count += 1
    }
  }

  /// Whether a line of that length may have been cut there: none is longer, and others end there.
  func cuts(_ length: Int) -> Bool { length == self.length && count > 1 && length <= 256 }
}
