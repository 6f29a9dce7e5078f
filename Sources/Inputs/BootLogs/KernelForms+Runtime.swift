// SPDX-License-Identifier: Apache-2.0
import Quantities

extension KernelForm {
  /// What goes wrong once the pools are there, and who says that it holds memory.
  static let ofRunTime: [KernelForm] = [
    // drivers/nvme/host/core.c and pci.c, nvme_setup_host_mem.
    KernelForm("nvme %t: allocated %d MiB host memory buffer%*") { draft, captures, line in
      guard let size = captures.number(1)?.scaled(by: 1 << 20) else { return }
      draft.add(
        .init(
          name: captures.text(0), what: "host memory buffer", size: ByteCount(size)), line,
        to: \.boot.holders)
    },
    // kernel/dma/pool.c and arch/arm/mm/dma-mapping.c, atomic_pool_init.
    KernelForm("DMA: preallocated %d KiB %*") { draft, captures, line in
      guard let size = captures.number(0)?.scaled(by: 1 << 10) else { return }
      draft.add(
        .init(name: "the DMA API", what: "atomic pool", size: ByteCount(size)), line,
        to: \.boot.holders)
    },
    distress("Kernel panic - not syncing: %*", .panic),
    distress("Unable to handle kernel %*", .fault),
    distress("Internal error: %*", .fault),
    distress("BUG: %*", .bug),
    distress("pc : %*", .place),
    distress("PC is at %*", .place),
    distress("software IO TLB: Cannot allocate%*", .bounceBuffersFull),
    distress("software IO TLB: No low mem%*", .bounceBuffersFull),
    distress("Out of memory%*", .outOfMemory),
    distress("Out of Memory%*", .outOfMemory),
  ]

  private static func distress(_ form: String, _ kind: LoggedBoot.Distress) -> KernelForm {
    KernelForm(form) { draft, _, line in
      guard draft.boot.distress.count < 64 else { return }
      draft.boot.distress.append(Logged(kind, line))
    }
  }

  /// mm/cma.c, cma_alloc: behind `cma:`.
  static let ofAllocations: [KernelForm] = [
    KernelForm("cma_alloc: alloc failed, req-size: %d pages, ret: -%d") {
      draft, captures, line in
      draft.failed(pool: nil, pages: captures.number(0), code: captures.number(1), line)
    },
    failedAllocation(by: "cma_alloc"), failedAllocation(by: "__cma_alloc"),
    failedAllocation(by: "__cma_alloc_frozen"),
    // cma_debug_show_areas; up to 6.1 with CONFIG_CMA_DEBUG alone.
    KernelForm("range %d: %*") { _, _, _ in },
    KernelForm("number of available pages: %t=> %d free of %d total pages") {
      draft, captures, line in
      draft.free(captures.number(1), of: captures.number(2), line)
    },
    KernelForm("number of available pages: => %d free of %d total pages") {
      draft, captures, line in
      draft.free(captures.number(0), of: captures.number(1), line)
    },
  ]

  private static func failedAllocation(by function: String) -> KernelForm {
    KernelForm("\(function): %w alloc failed, req-size: %d pages, ret: -%d") {
      draft, captures, line in
      draft.failed(
        pool: captures.text(0), pages: captures.number(1), code: captures.number(2), line)
    }
  }

  /// Words of a driver that did not get its memory.
  static let complaints = [
    "failed to allocate", "Failed to allocate", "allocation failed", "alloc failed",
    "cannot allocate", "unable to allocate", "Unable to allocate", "Cannot allocate",
    "dma alloc of size", "dma_alloc_coherent", "out of memory", "ENOMEM", "error -12",
  ].map { Array($0.utf8) }
}

extension BootDraft {
  private static let failureLimit = 64

  fileprivate func failed(
    pool: String?, pages: UInt64?, code: UInt64?, _ line: LogLine
  ) {
    guard let pages, let code, 1..<4096 ~= code else { return }
    let name = pool.map { $0.hasSuffix(":") ? String($0.dropLast()) : $0 }
    complaintWindow = 6
    let place = boot.failures.firstIndex { $0.pool == name && $0.code == Int(code) }
    guard let place else {
      guard boot.failures.count < Self.failureLimit else { return }
      boot.failures.append(
        .init(
          pool: name, code: Int(code), count: 1, largestPages: pages, first: line, last: line))
      return
    }
    boot.failures[place].count += 1
    boot.failures[place].largestPages = max(boot.failures[place].largestPages, pages)
    boot.failures[place].last = line
  }

  /// Of the pool whose allocation failed last.
  fileprivate func free(_ pages: UInt64?, of total: UInt64?, _ line: LogLine) {
    guard let pages, let total, pages <= total,
      let place = boot.failures.indices.max(by: {
        boot.failures[$0].last < boot.failures[$1].last
      })
    else { return }
    boot.failures[place].freePages = pages
    boot.failures[place].totalPages = total
    boot.failures[place].freeLine = line
  }

  /// Looks for a driver's complaint right behind a failed allocation.
  func look(forComplaintIn message: MessageBytes, _ line: () -> LogLine) {
    complaintWindow -= 1
    guard let place = boot.failures.indices.last, boot.failures[place].complaint == nil,
      KernelForm.complaints.contains(where: { message.bytes.holds($0) })
    else { return }
    boot.failures[place].complaint = line()
  }
}

extension ArraySlice<UInt8> {
  /// Whether these bytes stand anywhere in it.
  fileprivate func holds(_ words: [UInt8]) -> Bool {
    var rest = self
    while let at = rest.firstIndex(of: words[0]) {
      rest = rest[at...]
      if rest.starts(with: words) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
