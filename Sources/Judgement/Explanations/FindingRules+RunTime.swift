// SPDX-License-Identifier: Apache-2.0

import BootLogs
import Quantities
import Records

// What goes wrong once the pools are there, and boots without one.
extension FindingRules {
  // MARK: Failed allocations

  var allocationFailures: [Finding] {
    let failures = view.boot.failures
    guard !failures.isEmpty else { return [] }
    let pools = failures.reduce(into: [String?]()) { names, failure in
      if !names.contains(failure.pool) { names.append(failure.pool) }
    }
    return pools.map { name in finding(of: failures.filter { $0.pool == name }, pool: name) }
  }

  private func finding(
    of failures: [LoggedBoot.AllocationFailure], pool name: String?
  ) -> Finding {
    let pool = pool(called: name)
    let title = pool?.title ?? name.map { "pool '\($0)'" } ?? "pool"
    let count = failures.reduce(0) { $0 + $1.count }
    let largest = failures.map(\.largestPages).max() ?? 0
    let facts = PoolUse(failures, pool: pool?.pool, pageSize: pageSize)
    // Without -12 there was a free run, and whoever holds memory elsewhere in the pool is not to blame.
    let holders = failures.contains { $0.code == 12 } ? holders(of: pool) : []
    let evidence =
      view.sources(failures.flatMap { [$0.first] + ($0.count > 1 ? [$0.last] : []) })
      + view.sources(failures.compactMap(\.freeLine) + failures.compactMap(\.complaint))
      + holders.flatMap { view.sources($0.lines) } + (pool?.sources ?? [])
    let times = count == 1 ? "an allocation" : "\(count) allocations"
    let isInterrupted = Set(failures.map(\.code)) == [4]
    return Finding(
      id: .allocationFailed, isFault: !isInterrupted,
      statement: "\(times) from the \(title) \(isInterrupted ? "was given up" : "failed")",
      cause: cause(failures, title: title, largest: largest, facts, holders),
      remedy: isInterrupted
        ? "None for the pool: whoever sends the signal (a time-out, Ctrl-C) may wait longer, and the "
          + "driver may ask again."
        : remedy(largest: largest, facts, holders),
      evidence: evidence)
  }

  private func cause(
    _ failures: [LoggedBoot.AllocationFailure], title: String, largest: UInt64, _ use: PoolUse,
    _ holders: [Logged<LoggedBoot.Holder>]
  ) -> String {
    let codes = Set(failures.map(\.code))
    let request =
      "\(largest) pages" + (pageSize.map { " (\(ByteCount(largest * $0).rounded))" } ?? "")
    if !holders.isEmpty {
      let names = holders.map { "\($0.value.name) (\($0.value.size))" }
      let isOne = holders.count == 1
      let held = holders.reduce(0) { $0 + $1.value.size.bytes }
      let isMore = use.totalBytes.map { held > $0 } ?? false
      return "The \(holders[0].value.what)\(isOne ? "" : "s") of \(names.enumerated) "
        + "\(isOne ? "takes" : "take") \(use.isExhausted ? "all \(use.totalWords)" : "memory") of "
        + "the \(title)\(isMore ? " as far as it goes" : ""), so that later requests find no run "
        + "that is free (-12)."
    }
    if codes.contains(16), codes.contains(12) {
      return "Some pages of the \(title) are held in place (-16), and no run of \(request) is free "
        + "(-12): the pool is large enough in all, but neither whole nor movable."
    }
    if codes.contains(16) {
      return "Pages of the run that was chosen could not be moved away (-16): somebody holds them; "
        + "the \(title) has room, and the request for \(request) fails all the same."
    }
    if codes == [4] {
      return "The task that asked for \(request) got a signal while it waited (-4, EINTR): the "
        + "allocation was given up, and the \(title) is not at fault."
    }
    if use.isExhausted {
      return "All \(use.totalWords) of the \(title) are taken (-12, none is free)."
    }
    if let total = use.totalPages {
      if largest > total {
        return
          "One request wants \(request), more than the \(total) pages of the whole \(title) (-12)."
      }
      return
        "The request wants \(request) in one run (-12) of a \(title) that has \(total) pages in "
        + "all\(use.freePages.map { ", \($0) of them free" } ?? ""), and somebody had taken some of them before."
    }
    return "No run of \(request) is free in the \(title) (-12)."
  }

  private func remedy(
    largest: UInt64, _ use: PoolUse, _ holders: [Logged<LoggedBoot.Holder>]
  ) -> String {
    let held = holders.reduce(0) { $0 + $1.value.size.bytes }
    let request = pageSize.map { largest * $0 } ?? 0
    // What the pool is for besides whoever fills it stays as it is.
    let wanted = Self.generous(held + (use.totalBytes ?? 0) + 2 * request)
    if !holders.isEmpty {
      let isNVMe = holders.contains { $0.value.name.hasPrefix("nvme") }
      return "Ask for a pool of more than the \(ByteCount(held)) that they hold "
        + "(cma=\(wanted.kernelArgument))"
        + (isNVMe ? ", or bound the drives' buffers with nvme.max_host_mem_size_mb." : ".")
    }
    let isInTree = view.defaultPool?.pool.kind == .deviceTree
    let how =
      isInTree ? "the node's size, or cma=\(wanted.kernelArgument)" : "cma=\(wanted.kernelArgument)"
    return
      "Ask for a larger pool (\(how)), ask for smaller buffers, or let the driver ask early, before "
      + "the pool fills."
  }

  /// A power of two that leaves room, 64 MiB at least.
  private static func generous(_ bytes: UInt64) -> ByteCount {
    var size: UInt64 = 64 << 20
    while size < bytes, size < 1 << 40 { size *= 2 }
    return ByteCount(size)
  }

  private func pool(called name: String?) -> BoardView.ViewedPool? {
    guard let name, name != "reserved", name != "default_cma_region" else {
      return view.defaultPool ?? (view.reservedPools.count == 1 ? view.reservedPools[0] : nil)
    }
    return view.reservedPools.first { $0.pool.name == name }
  }

  /// Who says that it holds so much that the pool cannot have room for more.
  private func holders(of pool: BoardView.ViewedPool?) -> [Logged<LoggedBoot.Holder>] {
    let holders = view.boot.holders.filter { $0.value.what == "host memory buffer" }
    let held = holders.reduce(0) { $0 + $1.value.size.bytes }
    guard let size = pool?.pool.size?.bytes ?? view.boot.memory?.value.pools?.bytes else {
      return holders
    }
    return held * 2 >= size ? holders : []
  }

  private var pageSize: UInt64? { view.boot.pageSize?.value.size.bytes }

  // MARK: The end

  /// Panics for want of memory.
  var outOfMemory: [Finding] {
    let deadlock = view.boot.distress.first { logged in
      logged.value == .panic
        && ["deadlocked on memory", "Out of memory", "Out of Memory"].contains {
          logged.lines[0].text.contains($0)
        }
    }
    guard let deadlock else { return [] }
    let pools = view.reservedPools
    let total = ByteCount(pools.reduce(0) { $0 + ($1.pool.size?.bytes ?? 0) })
    let memory = view.boot.memory?.value
    let low = memory.flatMap { memory in
      memory.highMemory.flatMap { high in
        high > .zero && high < memory.total
          ? ByteCount(memory.total.bytes - high.bytes) : nil
      }
    }
    let share =
      low.map { " of \($0.rounded) of low memory (highmem does not serve the kernel's own tables)" }
      ?? memory.map { " of \($0.total.rounded) of RAM" } ?? ""
    return [
      Finding(
        id: .outOfMemory, statement: "the kernel died for want of memory",
        cause: "The pools have \(total.asKernelWrites)\(share)"
          + "; what is left was too little for the kernel's own tables and for processes, which take "
          + "nothing of a pool that cannot move.",
        remedy: "Ask for a smaller pool.",
        evidence: view.sources(deadlock.lines) + pools.flatMap(\.sources))
    ]
  }

  var bounceBuffers: [Finding] {
    let full = view.boot.distress.first { $0.value == .bounceBuffersFull }
    guard let full else { return [] }
    return [
      Finding(
        id: .bounceBuffers, statement: "the bounce buffers are full or missing",
        cause: "Devices that do not reach their memory copy through bounce buffers (swiotlb), and "
          + "those are full or could not be made; a pool in low memory takes their place.",
        remedy:
          "Raise swiotlb=, lower the pool, or let the pool lie where the devices do not need it.",
        evidence: view.sources(full.lines))
    ]
  }

  // MARK: No pool

  /// Whether `cma=0` is on the command line.
  var turnsPoolsOff: Bool {
    guard let argument = view.boot.commandLine?.value.poolArgument else { return false }
    return (try? ByteCount(parsing: argument)) == .zero
  }

  /// A kernel that counts no page of any pool, and no word of why.
  var nothingAsked: [Finding] {
    guard let memory = view.boot.memory, memory.value.pools == .zero,
      view.pools.allSatisfy({ $0.pool.outcome == .bypassed })
    else { return [] }
    let lines = view.sources(memory.lines + (view.boot.commandLine?.lines ?? []))
    guard let commandLine = view.boot.commandLine?.value else {
      return [
        Finding(
          id: .noPool, statement: "there is no pool",
          cause:
            "The kernel counts no page of any pool, and the log does not say what was asked: it "
            + "has no command line.",
          remedy:
            "Boot with cma=SIZE on a kernel that has CONFIG_DMA_CMA, where a driver needs it.",
          evidence: lines)
      ]
    }
    guard let argument = commandLine.poolArgument else {
      return [
        Finding(
          id: .noPool,
          statement: "there is no pool, and the log does not show that anything asked for one",
          cause:
            "The kernel counts no page of any pool, and the log has no word of one: nothing asked "
            + "for a pool (no cma=, no node, no default size in this kernel), or the line that "
            + "refuses it is not in the log.",
          remedy: "Where a driver needs contiguous memory, boot with cma=SIZE on a kernel that has "
            + "CONFIG_DMA_CMA.",
          evidence: lines)
      ]
    }
    let isOff = turnsPoolsOff
    return [
      Finding(
        id: .noPool,
        statement: isOff ? "cma=0 turns the default pool off" : "cma=\(argument) made no pool",
        cause: isOff
          ? "cma=0 on the command line disables the default pool, and bypasses the device tree's."
          : "cma=\(argument) is on the command line, and the kernel counts no page of any pool; the "
            + "line that says why is not in the log, or the kernel has no CONFIG_DMA_CMA.",
        remedy: isOff
          ? "Take cma=0 off the command line."
          : "See the lines before 'Zone ranges' and 'Kernel command line' (dmesg | grep -i cma), and "
            + "CONFIG_DMA_CMA in /proc/config.gz.",
        evidence: lines)
    ]
  }
}

/// How full a pool was when allocations failed.
private struct PoolUse {
  let freePages: UInt64?
  let totalPages: UInt64?
  let totalBytes: UInt64?

  init(
    _ failures: [LoggedBoot.AllocationFailure], pool: LoggedBoot.Pool?, pageSize: UInt64?
  ) {
    let counted = failures.last { $0.totalPages != nil }
    freePages = counted?.freePages
    totalBytes = pool?.size?.bytes
    totalPages = counted?.totalPages ?? totalBytes.flatMap { size in pageSize.map { size / $0 } }
  }

  var isExhausted: Bool { freePages == 0 }

  var totalWords: String { totalPages.map { "\($0) pages" } ?? "pages" }
}
