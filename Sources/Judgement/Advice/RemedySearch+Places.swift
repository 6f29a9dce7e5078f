// SPDX-License-Identifier: Apache-2.0

import Predictions
import Quantities
import Records

extension RemedySearch {
  /// An initramfs has to lie in the window of 32 GiB, 1 GiB aligned, that the kernel lies in
  /// (Documentation/arch/arm64/booting.rst, section 1); a device tree may lie anywhere since 4.2.
  private static let initramfsWindow: UInt64 = 32 << 30
  /// Both are put on a boundary of 2 MiB: a tree must not be larger, and is mapped in such blocks.
  private static let block: UInt64 = 2 << 20

  /// What a distribution's initramfs takes, about.
  private static let usualInitramfsBytes: UInt64 = 64 << 20

  var placement: Attempt {
    let changes = changes(
      keeping: kernelRoom, initramfs: max(initramfsBytes, Self.usualInitramfsBytes))
    let tight = changes.compactMap(helps).isEmpty
    let all = tight ? changes + self.changes(keeping: 0, initramfs: initramfsBytes) : changes
    let largest = largest(of: all)
    return Attempt(
      kind: .placement, candidates: unique(all.compactMap(helps)),
      finding: "wherever device tree and initramfs lie, there is no more than "
        + size(largest), largest: ByteCount(largest))
  }

  /// For which sizes the addresses of a change hold, which another kernel or initramfs may exceed.
  func limits(of candidate: Candidate) -> [String] {
    guard case .places(let tree, let initramfs) = candidate.change else { return [] }
    let moved = [tree, initramfs].compactMap(\.self)
    guard let lowest = moved.filter({ $0 > memory.kernel }).min() else { return [] }
    var limits = ["a kernel of up to \(size(lowest.value - memory.kernel.value))"]
    if let initramfs {
      let bank = memory.banks.first { $0.contains(initramfs) }
      let ends = [candidate.pool.start, tree].compactMap(\.self).filter { $0 > initramfs }
      let end = ends.map(\.value).min() ?? bank.map { $0.last.value + 1 } ?? initramfs.value
      limits.append("an initramfs of up to \(size(end - initramfs.value))")
    }
    return ["the addresses hold for " + limits.joined(separator: " and ")]
  }

  /// What U-Boot is to be told so that it puts the files there, of whatever size they are as long as they
  /// fit: what is set as `fdt_high` and `initrd_high` bounds the place from above.
  func uBootCommands(for candidate: Candidate) -> [String] {
    guard case .places(let tree, let initramfs) = candidate.change else { return [] }
    let pool = candidate.pool
    /// As much as there is up to the pool, the other file or the end of the bank, up to what is usual.
    func ceiling(_ start: PhysicalAddress, _ size: UInt64, upTo usual: UInt64) -> PhysicalAddress {
      let bank = memory.banks.first { $0.contains(start) }
      let others = [pool.start, tree, initramfs].compactMap(\.self).filter { $0 > start }
      let end = min(
        others.map(\.value).min() ?? .max, bank.map { $0.last.value + 1 } ?? .max,
        start.value + max(size, usual))
      return PhysicalAddress(end)
    }
    let ceilings = [
      tree.map { ("fdt_high", ceiling($0, memory.deviceTree.size.bytes, upTo: Self.block)) },
      initramfs.map {
        ("initrd_high", ceiling($0, initramfsBytes, upTo: Self.usualInitramfsBytes))
      },
    ].compactMap(\.self)
    var commands = [
      ceilings.map { "setenv \($0.0) \($0.1)" }.joined(separator: "; ")
    ]
    let low = memory.banks.map(\.start).min() ?? PhysicalAddress(0)
    if ceilings.count == 2, let highest = ceilings.map(\.1).max(), highest <= pool.start {
      let size = PhysicalAddress(highest.value - low.value)
      commands.append("setenv bootm_low \(low); setenv bootm_size \(size)")
    }
    commands.append(
      [
        tree.map { "setenv fdt_addr_r \($0)" }, initramfs.map { "setenv ramdisk_addr_r \($0)" },
      ].compactMap(\.self).joined(separator: "; "))
    return commands
  }

  private var initramfsBytes: UInt64 { memory.initramfs?.size.bytes ?? 0 }

  private func unique(_ candidates: [Candidate]) -> [Candidate] {
    var seen: Set<PoolChange> = []
    return candidates.filter { seen.insert($0.change).inserted }
  }

  /// - Parameters:
  ///   - room: bytes from the kernel's start on that stay free.
  ///   - initramfs: bytes that stay free for it.
  private func changes(keeping room: UInt64, initramfs: UInt64) -> [PoolChange] {
    var changes: [PoolChange] = []
    for start in spareBlocks(keeping: room, initramfs: initramfs) {
      let tree = PhysicalAddress(start)
      changes.append(.places(deviceTree: tree, initramfs: nil))
      guard memory.initramfs != nil, reaches(start) else { continue }
      changes.append(.places(deviceTree: nil, initramfs: tree))
      changes.append(
        .places(deviceTree: tree, initramfs: PhysicalAddress(start + Self.block)))
    }
    return changes
  }

  private func largest(of changes: [PoolChange]) -> UInt64 {
    ([memory] + changes.map { $0.applied(to: memory, alignment: unit) }).map { memory in
      RemedySearch(
        kernel: kernel, memory: memory, asked: asked, windows: windows, devices: devices, end: end
      ).largestAsAsked.bytes
    }.max() ?? 0
  }

  /// Where both fit: right behind the kernel, at the top of the kernel's bank, at the top of another.
  private func spareBlocks(keeping room: UInt64, initramfs: UInt64) -> [UInt64] {
    let needed = Self.block + (initramfs + Self.block - 1) & ~(Self.block - 1)
    let kernelEnd = memory.kernel.value + max(kernel.image.size, room)
    let behind = (kernelEnd + Self.block - 1) & ~(Self.block - 1)
    let home = memory.banks.first { $0.start <= memory.kernel && memory.kernel <= $0.last }
    let sorted = [home].compactMap(\.self) + memory.banks.filter { $0 != home }.sorted()
    let tops = sorted.compactMap { bank -> UInt64? in
      guard bank.size.bytes > needed + Self.block else { return nil }
      return (bank.last.value + 1 - needed) & ~(Self.block - 1)
    }
    let taken = Prediction(of: kernel, with: memory).regions.compactMap { region in
      switch region.outcome {
      case .pool(let range), .coherentPool(let range), .carveOut(let range), .reserved(let range):
        range
      case .refused: nil
      }
    }
    return ([behind] + tops).filter { start in
      guard let range = PhysicalRange(start: PhysicalAddress(start), size: ByteCount(needed)) else {
        return false
      }
      return memory.banks.contains { $0.contains(range) } && !taken.contains(where: range.overlaps)
    }
  }

  private func reaches(_ start: UInt64) -> Bool {
    let low = min(start, memory.kernel.value) & ~((1 << 30) - 1)
    let high = max(
      start + Self.block + (memory.initramfs?.size.bytes ?? 0),
      memory.kernel.value + kernel.image.size)
    return high - low <= Self.initramfsWindow
  }
}
