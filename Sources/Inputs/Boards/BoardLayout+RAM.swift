// SPDX-License-Identifier: Apache-2.0

import BootLoaders
package import Quantities

extension BoardLayout {
  /// How ``Board/layout(_:withRAM:)`` finds the banks, in a line of a reference.
  package static let scaling = """
    the RAM that is fitted: banks are filled from the lowest address on, each until its RAM ends \
    (physical-ram of the board file, a bank of --dtb), and what the layout omits in them stays omitted
    """

  /// Where RAM of this layout lies, by address, and where more of it would: the windows that have a bank, and
  /// those above the last bank. What the layout claims beside the hardware's is a window of its own.
  fileprivate var windowsToFill: [RAMWindow] {
    let claims = inventedRAM.map { RAMWindow(range: $0, hidden: .zero, source: nil) }
    return (ramWindows + claims).sorted { $0.range < $1.range }.filter { window in
      banks.contains { $0.overlaps(window.range) }
        || banks.allSatisfy { $0.last < window.range.start }
    }
  }
}

extension Board {
  /// A layout as its boot loader fills it in where another amount of RAM is fitted.
  ///
  /// A boot loader declares RAM from the lowest address on, and what exceeds a place at the next one (U-Boot:
  /// dram_init_banksize of the board, which fdt_fixup_memory_banks writes into the tree). The places are
  /// ``BoardLayout/ramWindows``, each with what is hidden behind it. What lies in a place and in no bank is the
  /// firmware's: it stays where it is, and counts as fitted. So do regions, files of the boot and devices.
  ///
  /// - Parameter size: of all RAM that is fitted.
  /// - Throws: ``RAMFault`` for what the layout does not tell.
  package func layout(
    _ layout: BoardLayout, withRAM size: ByteCount
  ) throws(RAMFault) -> BoardLayout {
    guard Alignment.page4K.isAligned(size.bytes), size > .zero else { throw .partialPages }
    let windows = layout.windowsToFill
    var left = size.bytes
    var fitted: [PhysicalRange] = []
    for window in windows {
      let part = ByteCount(min(left, window.range.size.bytes))
      if let range = PhysicalRange(start: window.range.start, size: part) { fitted.append(range) }
      left -= min(left, window.range.size.bytes + window.hidden.bytes)
    }
    guard left == 0 else { throw .tooMuch(ByteCount(size.bytes - left), layout: layout.name) }
    if let end = layout.banks.last,
      fitted.contains(where: { $0.overlaps(end) && $0.last > end.last })
    {
      throw .unknownEnd(end.last, layout: layout.name)
    }
    let omitted = windows.filter { window in layout.banks.contains { $0.overlaps(window.range) } }
      .flatMap { $0.range.subtracting(layout.banks) }
    let banks = fitted.flatMap { $0.subtracting(omitted) }.joining(within: layout.banks)
    guard !banks.isEmpty else { throw .nothingLeft(layout: layout.name) }
    for place in loader?.places ?? [] where !banks.contains(where: { $0.contains(place) }) {
      throw .loaderOutside(place)
    }
    return BoardLayout(
      name: "\(layout.name)-\(size.kernelArgument)",
      summary: "\(layout.name) with \(size.kernelArgument) of RAM", banks: banks,
      ramWindows: layout.ramWindows, reserved: layout.reserved,
      memoryReservations: layout.memoryReservations)
  }
}

extension [PhysicalRange] {
  /// Sorted ranges, those that touch made one where they are parts of one of `banks`.
  fileprivate func joining(within banks: [PhysicalRange]) -> [PhysicalRange] {
    reduce(into: []) { joined, range in
      guard let both = joined.last?.joined(to: range), banks.contains(where: { $0.contains(both) })
      else { return joined.append(range) }
      joined[joined.count - 1] = both
    }
  }
}

extension BoardLoader {
  /// The addresses that it uses whatever RAM there is.
  fileprivate var places: [PhysicalAddress] {
    let own: [PhysicalAddress?] =
      switch program {
      case .uBoot(let uBoot): [uBoot.low, uBoot.kept?.start, uBoot.kept?.last]
      case .raspberryPi(let firmware): [PhysicalAddress(firmware.end.value &- 1)]
      case nil: []
      }
    return ([kernel, initramfs, deviceTree] + own).compactMap(\.self)
  }
}

/// Why it is not known where a board has another amount of RAM.
package enum RAMFault: Error, Hashable, Sendable, CustomStringConvertible {
  case partialPages
  /// More than there is a place for: the most.
  case tooMuch(ByteCount, layout: String)
  /// The layout's RAM ends within a place, at this address.
  case unknownEnd(PhysicalAddress, layout: String)
  case nothingLeft(layout: String)
  case loaderOutside(PhysicalAddress)

  package var description: String {
    switch self {
    case .partialPages: "it is not a whole number of pages: give a multiple of 4K"
    case .tooMuch(let most, let layout):
      "layout '\(layout)' has places for \(most.kernelArgument), and where more would be is not known: "
        + "give the banks with --bank, or a board file whose physical-ram has them"
    case .unknownEnd(let last, let layout):
      "layout '\(layout)' has no RAM behind \(last), and whether more would be the kernel's is not known: "
        + "name a layout that has all of it, or give the banks with --bank"
    case .nothingLeft(let layout):
      "what the firmware keeps in layout '\(layout)' is all of it: give more"
    case .loaderOutside(let place):
      "the board's loader uses \(place), which is not RAM then, and where it goes instead is not known: "
        + "give the banks with --bank, and the files' places with --kernel-at, --initramfs-at and --dtb-at"
    }
  }
}
