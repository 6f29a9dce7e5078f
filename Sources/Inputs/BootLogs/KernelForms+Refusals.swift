// SPDX-License-Identifier: Apache-2.0
import Quantities

extension KernelForm {
  /// What the kernel refuses or drops of pools and reserved memory (drivers/of/of_reserved_mem.c,
  /// up to 6.6 partly drivers/of/fdt.c; kernel/dma/contiguous.c; mm/cma.c).
  static let refused: [KernelForm] = regions + properties + pools

  private static let regions: [KernelForm] = [
    KernelForm("failed to reserve memory for node '%t': base %a, size %d MiB") {
      draft, captures, line in
      draft.note(digits: captures.digits(1), line)
      guard let base = captures.number(1), let size = captures.number(2)?.scaled(by: 1 << 20)
      else { return }
      let name = captures.text(0)
      draft.refuse(
        .notReserved(base: PhysicalAddress(base), size: ByteCount(size)), name, line)
      draft.add(.notReserved(name: name, base: base, bytes: size), line, to: \.poolEvents)
    },
    KernelForm("failed to allocate memory for node '%t': size %d MiB%*") {
      draft, captures, line in
      draft.notAllocated(captures.text(0), captures.number(1)?.scaled(by: 1 << 20), line)
    },
    KernelForm("failed to allocate memory for node '%t'%*") { draft, captures, line in
      draft.notAllocated(captures.text(0), nil, line)
    },
    KernelForm("node %t compatible matching fail%*") { draft, captures, line in
      draft.refuse(.driver, captures.text(0), line)
      draft.add(.driverRefused(name: captures.text(0)), line, to: \.poolEvents)
    },
    // 6.18.9.
    KernelForm("Skipping dt linux,cma-default for \"cma=\" kernel param.%*") { draft, _, line in
      draft.bypassed(line)
    },
    KernelForm("OVERLAP DETECTED!%*") { draft, _, line in draft.overlapLine = line },
    KernelForm("unsupported node format, ignoring%*") { draft, _, line in
      draft.refuse(.format, nil, line)
    },
    KernelForm("not enough space for all defined regions, skip '%t'%*") {
      draft, captures, line in
      draft.refuse(.slots, captures.text(0), line)
    },
    KernelForm("not enough space for all defined regions%*") { draft, _, line in
      draft.refuse(.slots, nil, line)
    },
    KernelForm("too many defined dynamic regions, skip '%t'%*") { draft, captures, line in
      draft.refuse(.slots, captures.text(0), line)
    },
  ]

  private static let properties: [KernelForm] = [
    property("invalid size property in '%t' node.%*", "size"),
    property("invalid alignment property in '%t' node.%*", "alignment"),
    property("invalid reg property in '%t', skipping node.%*", "reg"),
    property("invalid alloc-ranges property in '%t', skipping node.%*", "alloc-ranges"),
  ]

  private static func property(_ form: String, _ name: String) -> KernelForm {
    KernelForm(form) { draft, captures, line in
      draft.refuse(.property(name), captures.text(0), line)
    }
  }

  private static let pools: [KernelForm] = [
    KernelForm("Failed to reserve %d MiB%*") { draft, captures, line in
      draft.failed(captures.number(0)?.scaled(by: 1 << 20), line)
    },
    KernelForm("Failed to reserve %d KiB%*") { draft, captures, line in
      draft.failed(captures.number(0)?.scaled(by: 1 << 10), line)
    },
    KernelForm("CMA: failed to reserve %d MiB%*") { draft, captures, line in
      draft.failed(captures.number(0)?.scaled(by: 1 << 20), line)
    },
    KernelForm("incorrect alignment of CMA region%*") { draft, _, line in
      draft.refuse(.misaligned, nil, line)
      draft.add(.misaligned, line, to: \.poolEvents)
    },
    KernelForm("unable to setup CMA region%*") { draft, _, line in
      draft.refuse(.setUp, nil, line)
      draft.add(.setUpFailed, line, to: \.poolEvents)
    },
    KernelForm("bypass %t node, using cmdline CMA params instead%*") { draft, captures, line in
      draft.refuse(.bypassed, captures.text(0), line)
      draft.add(.bypassed(name: captures.text(0)), line, to: \.poolEvents)
    },
    KernelForm("CMA area %w could not be activated%*") { draft, captures, line in
      draft.refuse(.notActivated, captures.text(0), line)
      draft.add(.notActivated(name: captures.text(0)), line, to: \.poolEvents)
    },
    KernelForm("Region at %x must be aligned to %x bytes%*") { draft, captures, line in
      // The granule tells the page size where no other page size has it.
      if captures.number(1) == 512 << 20 { draft.add(.sixtyFourKiB, line, to: \.pageSizes) }
      draft.refuse(.words, nil, line)
    },
    KernelForm("Region at %x defined on low/high memory boundary%*") { draft, _, line in
      draft.refuse(.words, nil, line)
    },
    KernelForm("Size (%x) of region at %x exceeds limit%*") { draft, _, line in
      draft.refuse(.words, nil, line)
    },
    KernelForm("Not enough slots for CMA reserved regions!%*") { draft, _, line in
      draft.refuse(.slots, nil, line)
    },
  ]

  /// Refusals that have no prefix.
  static let bareRefusals: [KernelForm] = [
    KernelForm("Skipping dt linux,cma-default node in favor for \"cma=\" kernel param.%*") {
      draft, _, line in draft.bypassed(line)
    },
    crashKernel("cannot allocate crashkernel%*"),
    crashKernel("cannot reserve crashkernel%*"),
    crashKernel("crashkernel reservation failed%*"),
  ]

  private static func crashKernel(_ form: String) -> KernelForm {
    KernelForm(form) { draft, _, line in draft.refuse(.crashKernel, nil, line) }
  }

  /// The second line of two (__rmem_check_for_overlap): ends are the first addresses behind.
  static func overlap(_ message: MessageBytes) -> LoggedBoot.Refusal? {
    guard let captures = overlapForm.captures(of: message), let start = captures.number(1),
      let end = captures.number(2), let other = captures.number(4),
      let otherEnd = captures.number(5), start < end, other < otherEnd,
      let range = PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(end - 1)),
      let otherRange = PhysicalRange(
        start: PhysicalAddress(other), last: PhysicalAddress(otherEnd - 1))
    else { return nil }
    return .init(
      kind: .overlap(range, with: captures.text(3), otherRange), subject: captures.text(0))
  }

  private static let overlapForm = MessageForm(
    "%t (0x%x--0x%x) overlaps with %t (0x%x--0x%x)")
}

extension BootDraft {
  func refuse(_ kind: LoggedBoot.Refusal.Kind, _ subject: String?, _ line: LogLine) {
    add(.init(kind: kind, subject: subject), line, to: \.boot.refusals)
  }

  fileprivate func bypassed(_ line: LogLine) {
    refuse(.bypassed, nil, line)
    add(.bypassed(name: nil), line, to: \.poolEvents)
  }

  fileprivate func notAllocated(_ name: String, _ bytes: UInt64?, _ line: LogLine) {
    refuse(.notAllocated, name, line)
    add(.notAllocated(name: name, bytes: bytes), line, to: \.poolEvents)
  }

  fileprivate func failed(_ bytes: UInt64?, _ line: LogLine) {
    guard let bytes else { return }
    refuse(.defaultPool, nil, line)
    add(.failed(bytes: bytes), line, to: \.poolEvents)
  }
}
