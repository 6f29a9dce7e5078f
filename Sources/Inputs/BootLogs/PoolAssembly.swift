// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Makes pools of what single lines say of them.
///
/// Two lines tell of most pools: the one that places it, and the one that names it. Where one of
/// them is missing, what only it says is missing.
struct PoolAssembly {
  typealias Pool = LoggedBoot.Pool

  private(set) var pools: [Logged<Pool>] = []
  /// Addresses that two lines give.
  private(set) var confirmedBases: Set<PhysicalAddress> = []
  private let commandLine: LoggedBoot.CommandLine?
  /// Found in the tree by a kernel that places its pools later.
  private var found: [(name: String, bytes: UInt64, line: LogLine)] = []
  /// The pool whose name the next line may say.
  private var unnamed: Int?
  /// The line that says why the next node is refused.
  private var reason: Logged<LoggedBoot.Refusal.Kind>?
  /// Nodes that became a pool of either kind, and no line says which: it is missing.
  private var orphans: [(name: String, line: LogLine)] = []
  /// What the line before this one made, where that is a coherent pool, which is not CMA's.
  private var coherent: (range: PhysicalRange?, line: LogLine)?
  private(set) var coherentPools: [Logged<LoggedBoot.Region>] = []

  init(
    _ events: [Logged<PoolEvent>], commandLine: LoggedBoot.CommandLine?,
    memory: Logged<LoggedBoot.MemoryLine>?, zones: [Logged<LoggedBoot.Zone>]
  ) {
    self.commandLine = commandLine
    for event in events { take(event.value, event.lines[0]) }
    if let memory, let total = memory.value.pools { account(for: total, memory.lines[0]) }
    settleDefaultPools()
    giveUpPools(across: zones)
    pools.sort { $0.lines[0] < $1.lines[0] }
  }

  // MARK: Events

  private mutating func take(_ event: PoolEvent, _ line: LogLine) {
    // Names come right behind what they name.
    let last = unnamed
    let lastCoherent = coherent
    unnamed = nil
    coherent = nil
    switch event {
    case .placed(let base, let bytes): place(base, bytes, line)
    case .failed(let bytes): add(.standard, .refused, bytes: bytes, [line])
    case .found(let name, _, let bytes): found.append((name, bytes, line))
    case .created(let base, let bytes, true):
      add(.deviceTree, .reserved, base: base, bytes: bytes, [line])
      unnamed = pools.count - 1
    case .created(let base, let bytes, false):
      coherent = (base.flatMap { PhysicalRange(at: $0, bytes: bytes ?? 0) }, line)
    case .initialized(let name, let compatible):
      if takesPlaced(name, line) { return }
      guard compatible == "shared-dma-pool" else { return }
      if let last {
        call(last, name, line)
      } else if let lastCoherent {
        note(lastCoherent.range, of: name, [lastCoherent.line, line])
      } else {
        orphans.append((name, line))
      }
    case .region(let region): take(region, line)
    case .named(let name): nameLastPlaced(name, line)
    case .bypassed, .notAllocated, .notReserved, .misaligned, .setUpFailed, .driverRefused,
      .notActivated:
      refuse(event, line)
    }
  }

  /// A coherent pool, where its two lines agree on the address: it is printed in whole MiB, cut, so
  /// that it has as much at least.
  private mutating func note(_ range: PhysicalRange?, of name: String, _ lines: [LogLine]) {
    guard let range, name.unitAddress == range.start.value else { return }
    coherentPools.append(
      Logged(
        .init(
          name: name, range: range, isNoMap: false, isReusable: false, hasLongAddresses: false),
        lines))
  }

  private mutating func place(_ base: UInt64?, _ bytes: UInt64, _ line: LogLine) {
    // 3.10 says first what it found, and rounds it up when it places it.
    if let index = found.firstIndex(where: { $0.bytes <= bytes && bytes < $0.bytes + (32 << 20) }) {
      let node = found.remove(at: index)
      add(.deviceTree, .reserved, name: node.name, base: base, bytes: bytes, [node.line, line])
    } else {
      add(.standard, .reserved, base: base, bytes: bytes, [line])
    }
  }

  /// A region with all its bytes: of a pool that was created, it is the second word on it.
  private mutating func take(_ region: LoggedBoot.Region, _ line: LogLine) {
    guard region.isReusable, !region.isNoMap else { return }
    let base = region.range.start
    let index = pools.indices.last {
      pools[$0].value.kind == .deviceTree
        && (pools[$0].value.base == base
          || pools[$0].value.name == region.name && pools[$0].value.outcome == .reserved)
    }
    guard let index else {
      // Reusable, and a shared pool: CMA's, though the line that says so is missing.
      if let place = orphans.firstIndex(where: { $0.name == region.name }) {
        let node = orphans.remove(at: place)
        add(
          .deviceTree, .reserved, name: node.name, base: base.value,
          bytes: region.range.size.bytes, [node.line, line])
      }
      return
    }
    var pool = pools[index].value
    if pool.name == nil { pool.name = region.name }
    if pool.base == base {
      confirmedBases.insert(base)
    } else {
      // Two lines that differ: neither is believed.
      pool.base = pool.base == nil && pool.name == region.name ? base : nil
    }
    if let known = pool.size, known.wholeMebibytes != region.range.size.wholeMebibytes {
      pool.size = nil
    } else {
      pool.size = region.range.size
    }
    pools[index] = Logged(pool, pools[index].lines + [line])
  }

  private mutating func call(_ index: Int, _ name: String, _ line: LogLine) {
    var pool = pools[index].value
    pool.name = name
    pools[index] = Logged(pool, pools[index].lines + [line])
  }

  /// Vendors' drivers of nodes place pools themselves, and the node's name comes right behind; the
  /// kernel places its default pool when all nodes are through.
  private mutating func takesPlaced(_ name: String, _ line: LogLine) -> Bool {
    guard let index = pools.indices.last, pools[index].value.kind == .standard,
      pools[index].value.outcome == .reserved, pools[index].lines.count == 1,
      line.number - pools[index].lines[0].number <= 2
    else { return false }
    var pool = pools[index].value
    pool.name = name
    pool.kind = .deviceTree
    pools[index] = Logged(pool, pools[index].lines + [line])
    return true
  }

  private mutating func nameLastPlaced(_ name: String, _ line: LogLine) {
    guard let index = pools.indices.last, pools[index].value.kind == .standard else { return }
    var pool = pools[index].value
    pool.name = name
    pool.kind = commandLine == nil ? .unknown : .commandLine
    pools[index] = Logged(pool, pools[index].lines + [line])
  }

  // MARK: Refusals

  private mutating func refuse(_ event: PoolEvent, _ line: LogLine) {
    switch event {
    case .misaligned:
      reason = Logged(.misaligned, line)
      return
    case .setUpFailed:
      reason = Logged(.setUp, line)
      return
    case .driverRefused(let name):
      if let reason {
        add(.deviceTree, .refused, name: name, refusal: reason.value, reason.lines + [line])
      }
    case .bypassed(let name):
      add(.deviceTree, .bypassed, name: name, [line])
    case .notAllocated(let name, let bytes):
      if name.soundsLikePool { add(.deviceTree, .refused, name: name, bytes: bytes, [line]) }
    case .notReserved(let name, _, let bytes):
      // A region that the boot loader did not fill in.
      if bytes > 0, name.soundsLikePool {
        add(.deviceTree, .refused, name: name, bytes: bytes, [line])
      }
    case .notActivated(let name): deactivate(name, line)
    default: break
    }
    reason = nil
  }

  private mutating func deactivate(_ name: String?, _ line: LogLine) {
    let index = pools.indices.last {
      let pool = pools[$0].value
      return pool.outcome == .reserved
        && (pool.name == name || pool.name == nil && name.map(\.isDefaultPool) ?? true)
    }
    guard let index else {
      return add(
        .unknown, .notActivated, name: name.flatMap { $0.isDefaultPool ? nil : $0 }, [line])
    }
    var pool = pools[index].value
    pool.outcome = .notActivated
    pools[index] = Logged(pool, pools[index].lines + [line])
  }

  private mutating func add(
    _ kind: Pool.Kind, _ outcome: Pool.Outcome, name: String? = nil, base: UInt64? = nil,
    bytes: UInt64? = nil, refusal: LoggedBoot.Refusal.Kind? = nil, _ lines: [LogLine]
  ) {
    var pool = Pool(
      name: name, base: base.map { PhysicalAddress($0) }, size: bytes.map { ByteCount($0) },
      kind: kind, outcome: outcome)
    pool.refusal = refusal
    pools.append(Logged(pool, lines))
  }

  /// No kernel activates a pool in two zones (mm/cma.c, cma_activate_area), whether or not its line
  /// is there that says so.
  private mutating func giveUpPools(across zones: [Logged<LoggedBoot.Zone>]) {
    for index in pools.indices where pools[index].value.outcome == .reserved {
      guard let range = pools[index].value.range else { continue }
      let crossed = zones.filter { zone in
        zone.value.range.map { $0.overlaps(range) && !$0.contains(range) } ?? false
      }
      guard crossed.count > 1 else { continue }
      var pool = pools[index].value
      pool.outcome = .notActivated
      pools[index] = Logged(pool, pools[index].lines + crossed.flatMap(\.lines))
    }
  }

  // MARK: What is missing

  /// The kernel counts the pages of all pools: what no line told of is one more pool.
  private mutating func account(for total: ByteCount, _ line: LogLine) {
    let reserved = pools.map(\.value).filter { $0.outcome == .reserved }
    guard reserved.allSatisfy({ $0.size != nil }) else { return }
    let known = reserved.reduce(0) { $0 + ($1.size?.bytes ?? 0) }
    guard total.bytes > known else { return }
    let isPlaced = pools.contains { $0.value.kind == .standard && $0.value.outcome != .refused }
    let wasGivenUp = pools.contains { $0.value.outcome == .notActivated }
    if orphans.count == 1, let node = orphans.first {
      add(
        .deviceTree, .reserved, name: node.name, bytes: total.bytes - known, [node.line, line])
    } else if orphans.isEmpty, !isPlaced, !wasGivenUp {
      add(.standard, .reserved, bytes: total.bytes - known, [line])
    }
  }

  // MARK: Who asked

  /// Of pools without a name one is the default pool. Another one comes from a vendor's parameter of its
  /// size, or from a vendor's code, before or after it: of two of those nothing tells which is which.
  private mutating func settleDefaultPools() {
    var rest = pools.indices.filter { pools[$0].value.kind == .standard }
    var hasArgumentsPool = false
    for parameter in commandLine?.poolParameters ?? [] {
      let fitting = rest.filter { parameter.rounds(to: pools[$0].value.size?.bytes ?? 0) }
      guard
        let closest = fitting.min(by: {
          pools[$0].value.size ?? .zero < pools[$1].value.size ?? .zero
        })
      else { continue }
      settle(closest, as: .commandLine)
      rest.removeAll { $0 == closest }
      if parameter.name == "cma" { hasArgumentsPool = true }
    }
    for index in rest {
      if rest.count > 1 || hasArgumentsPool {
        settle(index, as: .unknown)
      } else if let commandLine {
        let isAsked = commandLine.poolArgument != nil
        settle(index, as: isAsked ? .commandLine : commandLine.isWhole ? .kconfig : .standard)
      }
    }
  }

  private mutating func settle(_ index: Int, as kind: Pool.Kind) {
    var pool = pools[index].value
    pool.kind = kind
    pools[index] = Logged(pool, pools[index].lines)
  }
}

/// A parameter of the command line that asks for a pool.
struct PoolParameter: Hashable {
  let name: String
  let bytes: UInt64

  /// Whether a pool of that size may be its: kernels round up, by half a GiB at most.
  func rounds(to size: UInt64) -> Bool { bytes <= size && size - bytes < 512 << 20 }
}

extension LoggedBoot.CommandLine {
  /// `cma=` and the parameters of vendors (`rk_dma_heap_cma=`), those that ask for nothing left out;
  /// the last of each name.
  var poolParameters: [PoolParameter] {
    var parameters: [PoolParameter] = []
    for word in words {
      guard let equals = word.firstIndex(of: "=") else { continue }
      let name = String(word[..<equals])
      guard name == "cma" || name.hasSuffix("_cma") else { continue }
      let text = word[word.index(after: equals)...].prefix { $0 != "@" }
      guard let bytes = (try? ByteCount(parsing: text))?.bytes, bytes > 0 else { continue }
      parameters.removeAll { $0.name == name }
      parameters.append(PoolParameter(name: name, bytes: bytes))
    }
    return parameters
  }
}

extension String {
  /// Whether a node's name says that it is a pool: a refusal does not tell its `compatible`.
  fileprivate var soundsLikePool: Bool { lowercased().contains("cma") }

  /// The kernel's own name of the default pool (kernel/dma/contiguous.c, dma_contiguous_reserve_area).
  fileprivate var isDefaultPool: Bool { self == "reserved" || self == "default_cma_region" }
}
