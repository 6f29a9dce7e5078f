// SPDX-License-Identifier: Apache-2.0

package import Quantities

extension Board {
  /// The layout of a board that is known by its device tree alone.
  static let ownTreeLayoutName = "tree"

  /// What a board's own device tree says of it.
  package struct TreeFacts: Hashable, Sendable {
    /// The file's name, which stands for the board's.
    package var file: String
    package var model: String?
    package var architecture: Architecture
    package var cpuCount: Int
    /// RAM in the tree; empty where a boot loader fills it in.
    package var banks: [PhysicalRange]
    /// Of reserved memory, in RAM or not.
    package var taken: [PhysicalRange]
    /// Bits of an address in the tree's root, as far as the kernel has as many.
    package var addressBits: Int
    /// Whether a kernel with LPAE has more of them.
    package var hasMoreWithLPAE = false

    package init(
      file: String, model: String?, architecture: Architecture, cpuCount: Int,
      banks: [PhysicalRange], taken: [PhysicalRange], addressBits: Int
    ) {
      self.file = file
      self.model = model
      self.architecture = architecture
      self.cpuCount = cpuCount
      self.banks = banks
      self.taken = taken
      self.addressBits = addressBits
    }
  }

  /// What kernels make of a tree's memory nodes: whole pages, by address, what touches as one.
  package static func banks(of nodes: [PhysicalRange]) -> [PhysicalRange] {
    nodes.wholePages().merged()
  }

  /// The board of a device tree.
  ///
  /// - Parameter banks: RAM in place of the tree's; empty for that.
  /// - Throws: ``OwnTreeFault`` where there is no RAM, or no room for the guest's devices.
  package init(
    ofTree tree: TreeFacts, withBanks given: [PhysicalRange]
  ) throws(OwnTreeFault) {
    let banks = Self.banks(of: given.isEmpty ? tree.banks : given)
    guard !banks.isEmpty else { throw .noMemory(tree.file) }
    guard let devices = DeviceWindows(clearOf: banks + tree.taken, bits: tree.addressBits) else {
      throw .noRoomForDevices(
        tree.file, bits: tree.addressBits, hasMoreWithLPAE: tree.hasMoreWithLPAE)
    }
    let known = tree.banks.isEmpty ? banks : Self.banks(of: tree.banks)
    name = tree.file.boardName
    summary = tree.model ?? "the board of \(tree.file)"
    architecture = tree.architecture
    cpu = CPU(
      model: "cortex-a57", count: min(max(tree.cpuCount, 1), CPU.counts.upperBound))
    layouts = [
      BoardLayout(
        name: Self.ownTreeLayoutName, summary: "as \(tree.file) has it", banks: banks,
        ramWindows: known.map { RAMWindow(range: $0, hidden: .zero, source: tree.file) },
        reserved: [],
        memoryReservations: [])
    ]
    self.devices = devices
    deviceTree = nil
    loader = nil
    kernel = nil
    defaults = BoardDefaults(layout: layouts[0].name, cma: nil)
    sources = ["\(tree.file), its own device tree"]
  }
}

/// Why a device tree is not a board.
package enum OwnTreeFault: Error, Hashable, Sendable, CustomStringConvertible {
  case noMemory(String)
  case noRoomForDevices(String, bits: Int, hasMoreWithLPAE: Bool)

  package var description: String {
    switch self {
    case .noMemory(let file):
      "\(file) has no RAM in its memory nodes: its boot loader fills that in. Give it with --bank "
        + "START+SIZE, as /proc/iomem of the board has it, or take the board's /sys/firmware/fdt"
    case .noRoomForDevices(let file, let bits, let hasMoreWithLPAE):
      "\(file) leaves no 4 MiB of \(bits)-bit addresses for the guest's own interrupt controller and "
        + "serial port: "
        + (hasMoreWithLPAE ? "--lpae has more" : "give banks that end lower with --bank")
    }
  }
}

extension DeviceWindows {
  /// The highest place that touches nothing, with room around it: what lies next to RAM is part of a
  /// 32-bit kernel's memory map (arch/arm/mm/init.c, pfn_valid).
  fileprivate init?(clearOf taken: [PhysicalRange], bits: Int) {
    let room: UInt64 = 8 << 20
    let top: UInt64 = 1 << UInt64(min(bits, GuestAddressSpace.bits))
    var start = top - 2 * room
    for range in taken.sorted().reversed() where range.start.value < start + 2 * room {
      if range.last.value < start - room { continue }
      guard range.start.value >= 4 * room else { return nil }
      start = range.start.value / room * room - 2 * room
    }
    guard
      let gic = PhysicalRange(start: PhysicalAddress(start), size: Self.size),
      let uart = PhysicalRange(
        start: PhysicalAddress(start + Self.size.bytes), size: Self.size)
    else { return nil }
    self.init(gic: gic, uart: uart, dmaLimit: nil)
  }
}

extension [PhysicalRange] {
  /// Without the parts of pages at either end, as kernels take RAM (drivers/of/fdt.c,
  /// early_init_dt_add_memory_arch).
  fileprivate func wholePages() -> [PhysicalRange] {
    compactMap { range in
      guard let start = Alignment.page4K.up(range.start.value) else { return nil }
      let end = Alignment.page4K.down(range.last.value &+ 1)
      return start < end
        ? PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(end - 1)) : nil
    }
  }
}

extension String {
  /// A file's name as names of boards are.
  fileprivate var boardName: String {
    let name = lowercased().unicodeScalars.map { BoardName.letters.contains($0) ? $0 : "-" }
    return String(String.UnicodeScalarView(name.prefix(64)))
  }
}
