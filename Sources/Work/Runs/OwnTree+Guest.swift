// SPDX-License-Identifier: Apache-2.0

import Boards
import DeviceTrees
import MemoryRequests
import Quantities
import SystemPackage

// What of a board's own device tree becomes a guest's.

extension OwnTree {
  /// What the guest's own console, initramfs and end take the place of.
  private static let replaced = [
    "console", "earlycon", "earlyprintk", "initrd", "initrdmem", "loglevel", "noinitrd", "panic",
    "quiet", "rdinit",
  ]

  /// The board's `bootargs` for a guest: without the words that the guest has its own of, and without
  /// what is for the board's init.
  var guestBootArguments: String {
    KernelParameters(bootArguments).all
      .filter { parameter in !Self.replaced.contains(where: parameter.isNamed) }
      .map { String(decoding: $0.text, as: UTF8.self) }
      .joined(separator: " ")
  }

  /// A device for the test module for each region that the kernel has a driver for.
  var consumers: [Consumer] { regions.compactMap(\.consumer) }

  /// - Parameters:
  ///   - file: the tree's, which gives the board its name.
  ///   - hasLPAE: whether a 32-bit kernel has the long descriptors, and with them all the tree's addresses.
  func facts(file: FilePath, hasLPAE: Bool) -> Board.TreeFacts {
    let isBound = architecture == .arm && !hasLPAE
    var facts = Board.TreeFacts(
      file: file.lastComponent?.string ?? file.string, model: model,
      architecture: architecture ?? .arm64, cpuCount: cpuCount, banks: banks, taken: taken,
      addressBits: isBound ? 32 : 32 * addressCells)
    facts.hasMoreWithLPAE = isBound && addressCells > 1
    return facts
  }
}

extension DeclaredRegion {
  /// A device for the test module; nil for a region that the kernel has no driver for.
  var consumer: Consumer? {
    guard compatible.contains("shared-dma-pool"), !isDefault, fault == nil else { return nil }
    return Consumer(name: "cmalab-\(node.replacing("@", with: "-"))", region: node)
  }
}
