// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// U-Boot, as `bootm`, `booti` and `bootz` start a kernel.
///
/// Its memory is one window, `bootm_low` and `bootm_size` (boot/bootm.c, boot_start_lmb), of which it
/// keeps its own code, heap and stack. The initramfs is moved first, then the device tree, each to the
/// highest free place below its ceiling, on a page's boundary (boot/image-board.c, boot_ramdisk_high;
/// boot/image-fdt.c, boot_relocate_fdt; lib/lmb.c, lmb_alloc_base). In later
/// releases, whose lmb knows all RAM by itself, the window may be another one.
package struct UBoot: Hashable, Sendable {
  /// `initrd_high` and `fdt_high` of its environment.
  package enum Ceiling: Hashable, Sendable {
    /// Below this address.
    case below(PhysicalAddress)
    /// All ones: it stays where it was loaded.
    case inPlace
  }

  /// `bootm_low`; nil for the start of RAM.
  package var low: PhysicalAddress?
  /// `bootm_size`; nil for the rest of the bank that ``low`` lies in.
  package var size: ByteCount?
  /// `initrd_high`; nil for the end of the window.
  package var initrdHigh: Ceiling?
  /// `fdt_high`; nil for the end of the window.
  package var fdtHigh: Ceiling?
  /// What it keeps for itself, below the end of its memory.
  package var kept: PhysicalRange?

  package init(
    low: PhysicalAddress? = nil, size: ByteCount? = nil, initrdHigh: Ceiling? = nil,
    fdtHigh: Ceiling? = nil, kept: PhysicalRange? = nil
  ) {
    self.low = low
    self.size = size
    self.initrdHigh = initrdHigh
    self.fdtHigh = fdtHigh
    self.kept = kept
  }

  private static let page = Alignment.page4K

  func initramfs(
    of size: ByteCount, in memory: [PhysicalRange], clearOf taken: [PhysicalRange]
  ) -> PhysicalRange? {
    place(of: size, below: initrdHigh, in: memory, clearOf: taken)
  }

  func deviceTree(
    of size: ByteCount, in memory: [PhysicalRange], clearOf taken: [PhysicalRange]
  ) -> PhysicalRange? {
    place(of: size, below: fdtHigh, in: memory, clearOf: taken)
  }

  /// The window; nil without RAM.
  package func window(of memory: [PhysicalRange]) -> PhysicalRange? {
    let banks = memory.sorted().joiningAdjacent()
    guard let first = banks.first else { return nil }
    let low = low ?? first.start
    if let size { return PhysicalRange(start: low, size: size) }
    let bank = banks.first { $0.contains(low) }
    return bank.flatMap { PhysicalRange(start: low, last: $0.last) }
  }

  private func place(
    of size: ByteCount, below ceiling: Ceiling?, in memory: [PhysicalRange],
    clearOf taken: [PhysicalRange]
  ) -> PhysicalRange? {
    guard let window = window(of: memory), size > .zero else { return nil }
    var end = window.last.value &+ 1
    switch ceiling {
    case .inPlace: return nil
    case .below(let address): end = min(end, address.value)
    case nil: break
    }
    let reserved = taken + [kept].compactMap(\.self)
    while end > window.start.value, end - window.start.value >= size.bytes {
      let start = Self.page.down(end - size.bytes)
      guard start >= window.start.value,
        let range = PhysicalRange(start: PhysicalAddress(start), size: size)
      else { return nil }
      guard let obstacle = reserved.first(where: range.overlaps) else { return range }
      end = obstacle.start.value
    }
    return nil
  }
}
