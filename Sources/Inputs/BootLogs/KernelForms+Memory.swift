// SPDX-License-Identifier: Apache-2.0
import Quantities

extension KernelForm {
  /// Where RAM lies, and what took some of it.
  static let ofMemory: [KernelForm] =
    ranges + takers + [
      // mm/page_alloc.c and mm/mm_init.c, free_area_init.
      zone("DMA"), zone("DMA32"), zone("Normal"), zone("HighMem"),
      emptyZone("DMA"), emptyZone("DMA32"), emptyZone("Normal"), emptyZone("HighMem"),
      // calculate_node_totalpages.
      KernelForm("On node %d totalpages: %d") { draft, captures, line in
        if let pages = captures.number(1) { draft.add(pages, line, to: \.nodePages) }
      },
      KernelForm("Built %d zonelists%tTotal pages: %d") { draft, captures, line in
        if let pages = captures.number(2) { draft.builtPages = Logged(pages, line) }
      },
      // arch/arm/mm/mmu.c, adjust_lowmem_bounds: the second address is the first one behind.
      KernelForm("Ignoring RAM at %x-%x") { draft, captures, line in
        draft.add(start: captures.number(0), end: captures.number(1), line, to: \.boot.ignoredRAM)
        draft.add(.init(architecture: .arm, isCertain: true), line, to: \.signs)
      },
    ]

  private static let ranges: [KernelForm] = [
    KernelForm("node %d: [mem %x-%x]") { draft, captures, line in
      draft.add(first: captures.number(1), last: captures.number(2), line, to: \.nodeRanges)
      if let node = captures.number(0), draft.nodeNumbers.count < BootDraft.entryLimit {
        draft.nodeNumbers.insert(node)
      }
      draft.nodeRangesEnded = false
    },
    KernelForm("Initmem setup node %d [mem %x-%x]") { draft, captures, line in
      draft.add(first: captures.number(1), last: captures.number(2), line, to: \.spans)
    },
    KernelForm("NUMA: Faking a node at [mem %x-%x]") { draft, captures, line in
      draft.add(first: captures.number(0), last: captures.number(1), line, to: \.spans)
    },
    // early_init_dt_scan_memory, which NVIDIA's kernels print.
    KernelForm("memory scan node %t, reg size %d,%*") { draft, captures, _ in
      guard let bytes = captures.number(1) else { return }
      draft.vendorBankBytes = (draft.vendorBankBytes ?? 0) + bytes
    },
    KernelForm("- %x ,  %x") { draft, captures, line in
      draft.add(start: captures.number(0), size: captures.number(1), line, to: \.vendorBanks)
    },
    // mm/memblock.c, memblock_dump, with memblock=debug.
    KernelForm("memory.cnt  = %x") { draft, captures, _ in
      draft.memblockBankCount = captures.number(0)
    },
    KernelForm("memory[%x]%t[%x-%x], %x bytes%*") { draft, captures, line in
      draft.add(first: captures.number(2), last: captures.number(3), line, to: \.memblockBanks)
    },
  ]

  private static let takers: [KernelForm] = [
    // kernel/dma/swiotlb.c: the second address is the first one behind.
    KernelForm("software IO TLB: mapped [mem %x-%x] (%*") { draft, captures, line in
      draft.take(
        .bounceBuffers, "bounce buffers (swiotlb)", start: captures.number(0),
        end: captures.number(1), line)
    },
    // kernel/crash_reserve.c, before it arch/arm64/mm/init.c, reserve_crashkernel.
    KernelForm("crashkernel reserved: %x - %x (%*") { draft, captures, line in
      draft.take(
        .crashKernel, "the crash kernel", start: captures.number(0), end: captures.number(1),
        line)
    },
    KernelForm("crashkernel low memory reserved: %x - %x (%*") { draft, captures, line in
      draft.take(
        .crashKernel, "the crash kernel's low part", start: captures.number(0),
        end: captures.number(1), line)
    },
    // A vendor's kexec_core.c, reserve_crashkernel_low.
    KernelForm("kexec_core: Reserving %dMB of low memory at %dMB for crashkernel%*") {
      draft, captures, line in
      guard let size = captures.number(0), let start = captures.number(1), size < 1 << 30,
        start < 1 << 30
      else { return }
      draft.take(
        .crashKernel, "the crash kernel's low part", start: start << 20,
        end: (start + size) << 20, line)
    },
    // mm/numa.c, alloc_node_data; arch/arm64/mm/numa.c up to 6.11.
    KernelForm("NUMA: NODE_DATA [mem %x-%x]") { draft, captures, line in
      draft.take(
        .nodeData, "node data", start: captures.number(0),
        end: captures.number(1).map { $0 &+ 1 }, line)
    },
    KernelForm("NODE_DATA(%d) allocated [mem %x-%x]") { draft, captures, line in
      draft.take(
        .nodeData, "node data", start: captures.number(1),
        end: captures.number(2).map { $0 &+ 1 }, line)
    },
    // Allwinner's 3.4, arch/arm/plat-sunxi.
    vendor("SYS  : %x - %x%*", "SYS"), vendor("G2D  : %x - %x%*", "G2D"),
    vendor("LCD  : %x - %x%*", "LCD"), vendor("VE   : %x - %x%*", "VE"),
  ]

  private static func zone(_ name: String) -> KernelForm {
    KernelForm(name + " [mem %x-%x]") { draft, captures, line in
      guard let start = captures.number(0), let last = captures.number(1),
        let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
      else { return }
      draft.add(.init(name: name, range: range), line, to: \.boot.zones)
    }
  }

  private static func emptyZone(_ name: String) -> KernelForm {
    KernelForm(name + " empty") { draft, _, line in
      draft.add(.init(name: name, range: nil), line, to: \.boot.zones)
    }
  }

  private static func vendor(_ form: String, _ name: String) -> KernelForm {
    KernelForm(form) { draft, captures, line in
      draft.take(
        .vendors, name, start: captures.number(0), end: captures.number(1).map { $0 &+ 1 }, line)
    }
  }
}

extension BootDraft {
  fileprivate func add(
    first: UInt64?, last: UInt64?, _ line: LogLine,
    to path: ReferenceWritableKeyPath<BootDraft, [Logged<PhysicalRange>]>
  ) {
    guard let first, let last,
      let range = PhysicalRange(start: PhysicalAddress(first), last: PhysicalAddress(last))
    else { return }
    add(range, line, to: path)
  }

  fileprivate func add(
    start: UInt64?, end: UInt64?, _ line: LogLine,
    to path: ReferenceWritableKeyPath<BootDraft, [Logged<PhysicalRange>]>
  ) {
    guard let start, let end, start < end else { return }
    add(first: start, last: end - 1, line, to: path)
  }

  fileprivate func add(
    start: UInt64?, size: UInt64?, _ line: LogLine,
    to path: ReferenceWritableKeyPath<BootDraft, [Logged<PhysicalRange>]>
  ) {
    guard let start, let size,
      let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size))
    else { return }
    add(range, line, to: path)
  }

  /// - Parameter end: the first address behind.
  func take(
    _ kind: LoggedBoot.Taker.Kind, _ name: String, start: UInt64?, end: UInt64?, _ line: LogLine
  ) {
    guard let start, let end, start < end,
      let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(end - 1))
    else { return }
    add(.init(kind: kind, name: name, range: range), line, to: \.boot.takers)
  }
}
