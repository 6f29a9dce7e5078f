// SPDX-License-Identifier: Apache-2.0
import Quantities

extension KernelForm {
  /// What the kernel says of pools and reserved memory, behind `cma:`, `OF: reserved mem:`,
  /// `OF: fdt:` and `Reserved memory:`.
  static let ofPools: [KernelForm] = placed + nodes + refused + debugged

  /// What stands before them; code moved, and then two stand one behind the other.
  static let poolPrefixes = ["cma:", "OF: reserved mem:", "OF: fdt:", "Reserved memory:"].map {
    Array($0.utf8)
  }

  /// mm/cma.c; arch/arm/mm/dma-mapping.c and drivers/base/dma-contiguous.c up to 3.16.
  private static let placed: [KernelForm] = [
    placed("Reserved %d MiB at %a%*", unit: 1 << 20),
    placed("Reserved %d KiB at %a%*", unit: 1 << 10),
    placed("CMA: reserved %d MiB at %a%*", unit: 1 << 20, isOld: true),
    // 7.x: several ranges, and no address.
    KernelForm("Reserved %d MiB in %d range%*") { draft, captures, line in
      guard let size = captures.number(0)?.scaled(by: 1 << 20) else { return }
      draft.add(.placed(base: nil, bytes: size), line, to: \.poolEvents)
    },
    // Qualcomm's 3.10 and Amlogic's.
    KernelForm("Found %t, memory base %x, size %d MiB%*") { draft, captures, line in
      guard let base = captures.number(1), let size = captures.number(2)?.scaled(by: 1 << 20)
      else { return }
      draft.add(
        .found(name: captures.text(0), base: base, bytes: size), line, to: \.poolEvents)
    },
    // Cut within the address, or before it.
    KernelForm("Reserved %d MiB at%*") { draft, captures, line in
      guard let size = captures.number(0)?.scaled(by: 1 << 20) else { return }
      draft.add(.placed(base: nil, bytes: size), line, to: \.poolEvents)
    },
  ]

  /// drivers/of/of_reserved_mem.c, kernel/dma/contiguous.c, kernel/dma/coherent.c.
  private static let nodes: [KernelForm] = [
    created("created CMA memory pool at %a, size %d MiB", unit: 1 << 20, isCMA: true),
    created("created CMA memory pool at %a, size %d KiB", unit: 1 << 10, isCMA: true),
    created("created DMA memory pool at %a, size %d MiB", unit: 1 << 20, isCMA: false),
    created("created DMA memory pool at %a, size %d KiB", unit: 1 << 10, isCMA: false),
    // Cut within the size.
    KernelForm("created CMA memory pool at %a,%*") { draft, captures, line in
      draft.noteBase(captures, 0, line)
      draft.add(
        .created(base: captures.number(0), bytes: nil, isCMA: true), line, to: \.poolEvents)
    },
    KernelForm("initialized node %t, compatible id %w") { draft, captures, line in
      draft.add(
        .initialized(name: captures.text(0), compatible: captures.text(1)), line,
        to: \.poolEvents)
    },
    region("0x%x..0x%x (%d KiB) map reusable %t", isNoMap: false, isReusable: true),
    region("0x%x..0x%x (%d KiB) map non-reusable %t", isNoMap: false, isReusable: false),
    region("0x%x..0x%x (%d KiB) nomap reusable %t", isNoMap: true, isReusable: true),
    region("0x%x..0x%x (%d KiB) nomap non-reusable %t", isNoMap: true, isReusable: false),
    // drivers/of/of_reserved_mem.c says so to itself (pr_debug), and Qualcomm's kernels to all.
    named("reserved region for node '%t': base %a, size %d MiB", isStatic: true),
    named("allocated memory for '%t' node: base %a, size %d MiB", isStatic: false),
    // Known, and nothing to note.
    KernelForm("No reserved-memory node in the DT%*") { _, _, _ in },
  ]

  /// CMA's own debug lines (pr_debug), and what vendors' kernels name.
  private static let debugged: [KernelForm] = [
    KernelForm("dma_contiguous_reserve(limit %x)") { draft, captures, line in
      if let limit = captures.number(0) {
        draft.boot.poolLimit = Logged(PhysicalAddress(limit), line)
      }
    },
    KernelForm("dma_pernuma_cma_reserve: reserved %d MiB on node %d") { draft, captures, line in
      guard let node = captures.number(1) else { return }
      draft.add(.named("pernuma\(node)"), line, to: \.poolEvents)
    },
  ]

  /// mm/hugetlb_cma.c, whose pools mm/cma.c places without a name.
  static let ofHugePages = KernelForm("hugetlb_cma: reserved %d MiB on node %d") {
    draft, captures, line in
    guard let node = captures.number(1) else { return }
    draft.add(.named("hugetlb\(node)"), line, to: \.poolEvents)
  }

  /// Amlogic's and other vendors' table of regions: `e5800000 - ed800000,   131072 KB, linux,ion-dev`,
  /// the second address the first one behind.
  static func regionRow(_ message: MessageBytes) -> LoggedBoot.Region? {
    guard let captures = regionTableForm.captures(of: message), let start = captures.number(0),
      let end = captures.number(1), start < end, (end - start) >> 10 == captures.number(2),
      let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(end - 1))
    else { return nil }
    return .init(
      name: captures.text(3), range: range, isNoMap: false, isReusable: false,
      hasLongAddresses: false)
  }

  private static let regionTableForm = MessageForm("%x - %x, %d KB, %w")

  /// - Parameter isOld: whether it is the words of 3.5 to 3.16, which vendors' later kernels have as
  ///   well: they never print 0x.
  private static func placed(
    _ form: String, unit: UInt64, isOld: Bool = false
  ) -> KernelForm {
    KernelForm(form) { draft, captures, line in
      guard let size = captures.number(0)?.scaled(by: unit) else { return }
      draft.noteBase(captures, 1, line)
      // Since 3.15 the kernel prints %pa, with 0x.
      let release = draft.boot.release.flatMap { KernelRelease($0.value) }
      let isWhole =
        captures.isPrefixed(1) || isOld
        || release.map { $0 < KernelRelease(major: 3, minor: 15) } ?? true
      draft.add(
        .placed(base: isWhole ? captures.number(1) : nil, bytes: size), line, to: \.poolEvents)
    }
  }

  private static func created(_ form: String, unit: UInt64, isCMA: Bool) -> KernelForm {
    KernelForm(form) { draft, captures, line in
      draft.noteBase(captures, 0, line)
      draft.add(
        .created(
          base: captures.number(0), bytes: captures.number(1)?.scaled(by: unit), isCMA: isCMA),
        line, to: \.poolEvents)
    }
  }

  /// - Parameter isStatic: whether the node's name ends in the address that the line has.
  private static func named(_ form: String, isStatic: Bool) -> KernelForm {
    KernelForm(form) { draft, captures, line in
      draft.note(digits: captures.digits(1), line)
      let name = captures.text(0)
      guard let base = captures.number(1), let bytes = captures.number(2)?.scaled(by: 1 << 20),
        let range = PhysicalRange(at: base, bytes: bytes), !isStatic || name.unitAddress == base
      else { return }
      draft.add(
        .init(
          name: name, range: range, isNoMap: false, isReusable: false,
          hasLongAddresses: captures.digits(1) == 16),
        line, to: \.boot.namedRegions)
    }
  }

  private static func region(_ form: String, isNoMap: Bool, isReusable: Bool) -> KernelForm {
    KernelForm(form) { draft, captures, line in
      guard let start = captures.number(0), let last = captures.number(1), start <= last,
        (last - start + 1) >> 10 == captures.number(2),
        let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last))
      else { return }
      let region = LoggedBoot.Region(
        name: captures.text(3), range: range, isNoMap: isNoMap, isReusable: isReusable,
        hasLongAddresses: captures.digits(0) == 16)
      draft.add(region, line, to: \.boot.regions)
      draft.add(.region(region), line, to: \.poolEvents)
    }
  }
}

extension BootDraft {
  fileprivate func noteBase(
    _ captures: MessageCaptures, _ index: Int, _ line: LogLine
  ) {
    // Old kernels print at least eight digits of any address (%08lx).
    guard captures.isPrefixed(index) else { return }
    note(digits: captures.digits(index), line)
    guard let base = captures.number(index), baseDigits.count < Self.entryLimit else { return }
    baseDigits[base] = captures.digits(index)
  }

  /// How many digits the kernel prints of a phys_addr_t: 32-bit ARM without LPAE has 8.
  func note(digits: Int, _ line: LogLine) {
    switch digits {
    case 8: add(.init(architecture: .arm, isCertain: false), line, to: \.signs)
    case 16: add(.init(architecture: .arm64, isCertain: false), line, to: \.signs)
    default: break
    }
  }
}

extension String {
  /// What a node's name has behind `@`; nil without.
  var unitAddress: UInt64? {
    split(separator: "@").dropFirst().first.flatMap { UInt64($0, radix: 16) }
  }
}

extension UInt64 {
  /// Nil where it is no amount of memory.
  func scaled(by unit: UInt64) -> UInt64? {
    let (product, overflow) = multipliedReportingOverflow(by: unit)
    return overflow || product >= 1 << 52 ? nil : product
  }
}
