// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A line of a boot loader or of firmware, and what it tells.
struct LoaderForm: Sendable {
  let form: MessageForm
  let take: @Sendable (inout LoaderFacts, MessageCaptures, LogLine) -> Void

  init(
    _ text: String,
    _ take: @escaping @Sendable (inout LoaderFacts, MessageCaptures, LogLine) -> Void
  ) {
    form = MessageForm(text)
    self.take = take
  }

  static let all: [LoaderForm] = uBoot + firmware

  /// U-Boot: boot/image-board.c, boot_ramdisk_high; boot/image-fdt.c, boot_relocate_fdt and
  /// boot_fdt_reserve_region; boot/image.c; cmd/bdinfo.c.
  private static let uBoot: [LoaderForm] = [
    // The second address is the first one behind.
    LoaderForm("Loading Ramdisk to %x, end %x%*") { facts, captures, line in
      facts.ramdisk = range(captures.number(0), end: captures.number(1), line) ?? facts.ramdisk
    },
    // Here it is the last one.
    LoaderForm("Loading Device Tree to %x, end %x%*") { facts, captures, line in
      facts.deviceTree =
        range(captures.number(0), last: captures.number(1), line) ?? facts.deviceTree
    },
    LoaderForm("Using Device Tree in place at %x, end %x%*") { facts, captures, line in
      facts.deviceTree =
        range(captures.number(0), last: captures.number(1), line) ?? facts.deviceTree
    },
    LoaderForm("Load Address: %x%*") { facts, captures, line in
      // Of several images the kernel's is the first.
      if facts.kernel == nil, let start = captures.number(0) {
        facts.kernel = Logged(PhysicalAddress(start), line)
      }
    },
    LoaderForm("ERROR: reserving fdt memory region failed (addr=%x size=%x%*") {
      facts, captures, line in
      if let range = range(captures.number(0), size: captures.number(1), line) {
        facts.refused.append(range)
      }
    },
    LoaderForm("U-Boot %w%*") { facts, captures, line in
      facts.name = Logged("U-Boot \(captures.text(0))", line)
    },
  ]

  private static let firmware: [LoaderForm] = [
    // Rockchip's U-Boot, arch/arm/mach-rockchip: the second address is the first one behind.
    LoaderForm("Adding bank: %x - %x (size: %x)") { facts, captures, line in
      if let start = captures.number(0), let end = captures.number(1), start < end,
        end - start == captures.number(2), let bank = range(start, end: end, line),
        facts.banks.count < 64
      {
        facts.banks.append(bank)
      }
    },
    // Its older ones, of what they pass on.
    LoaderForm("Add bank:%x, %x") { facts, captures, line in
      if let bank = range(captures.number(0), size: captures.number(1), line),
        facts.banks.count < 64
      {
        facts.banks.append(bank)
      }
    },
    // Raspberry Pi.
    LoaderForm("Device tree loaded to %x (size %x)") { facts, captures, line in
      facts.deviceTree =
        range(captures.number(0), size: captures.number(1), line) ?? facts.deviceTree
      facts.name = facts.name ?? Logged("the Raspberry Pi's firmware", line)
    },
    LoaderForm("initramfs (%t) loaded to %x (size %x)") { facts, captures, line in
      facts.ramdisk =
        range(captures.number(1), size: captures.number(2), line) ?? facts.ramdisk
    },
    LoaderForm("initramfs %t loaded to %x (size %x)") { facts, captures, line in
      facts.ramdisk =
        range(captures.number(1), size: captures.number(2), line) ?? facts.ramdisk
    },
  ]

  /// - Parameter end: the first address behind.
  private static func range(
    _ start: UInt64?, end: UInt64?, _ line: LogLine
  ) -> Logged<PhysicalRange>? {
    guard let start, let end, start < end else { return nil }
    return range(start, last: end - 1, line)
  }

  private static func range(
    _ start: UInt64?, last: UInt64?, _ line: LogLine
  ) -> Logged<PhysicalRange>? {
    guard let start, let last else { return nil }
    return PhysicalRange(start: PhysicalAddress(start), last: PhysicalAddress(last)).map {
      Logged($0, line)
    }
  }

  private static func range(
    _ start: UInt64?, size: UInt64?, _ line: LogLine
  ) -> Logged<PhysicalRange>? {
    guard let start, let size else { return nil }
    return PhysicalRange(start: PhysicalAddress(start), size: ByteCount(size)).map {
      Logged($0, line)
    }
  }
}
