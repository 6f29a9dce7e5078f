// SPDX-License-Identifier: Apache-2.0

import FlattenedTree
import GuestRequests
import MemoryRequests
import Predictions
import Quantities

/// What a kernel finds that starts with somebody's tree: what the tree says, what a request adds to
/// it, and what is assumed of the rest.
struct TreeMemory {
  private(set) var memory: EarlyMemory
  /// Whether neither the tree nor the request says where RAM is.
  private(set) var isMemoryAssumed = false
  private(set) var assumptions: [String] = []

  /// Whether a kernel with 32-bit addresses sees none of the RAM, as on TI's KeyStone 2, whose boot
  /// loader starts the kernel at a lower address of the same RAM.
  var isAbove4GiB: Bool {
    !memory.banks.isEmpty && memory.banks.allSatisfy { $0.start.value >> 32 > 0 }
  }

  /// Nil for a tree whose root a kernel does not read.
  init?(
    _ tree: FlattenedTree, of facts: KernelFacts, _ request: GuestRequest
  ) throws(FDTError) {
    guard
      let read = EarlyMemory(blob: tree.blob, at: PhysicalAddress(0), kernel: PhysicalAddress(0))
    else { return nil }
    memory = read
    memory.memoryReservations += request.memoryReservations
    if request.pools.isOmitted { memory.setPool(nil) }
    if let pool = request.pools.asked { memory.append("cma=\(pool.kernelArgument)") }
    memory.append(request.appended)
    if !request.banks.isEmpty { memory.banks = request.banks }
    if memory.withoutNumbersTooLarge.banks.isEmpty {
      isMemoryAssumed = true
      memory = memory.assumingMemory(
        from: try Self.placeholder(in: tree), upTo: facts.arm == nil ? (1 << 48) - 1 : (1 << 32) - 1
      )
    }
    placeFiles(tree.blob, of: facts, request)
  }

  /// Where RAM begins by the name of a memory node that the boot loader is to complete.
  private static func placeholder(
    in tree: FlattenedTree
  ) throws(FDTError) -> PhysicalAddress? {
    try tree.children(of: .root).filter { $0.hasPrefix("memory@") }
      .compactMap { UInt64($0.dropFirst("memory@".count), radix: 16).map { PhysicalAddress($0) } }
      .min()
  }

  /// Puts kernel, device tree and initramfs where the request has them, and else clear of all that
  /// has an address.
  private mutating func placeFiles(
    _ blob: [UInt8], of facts: KernelFacts, _ request: GuestRequest
  ) {
    let small = memory.withoutNumbersTooLarge
    let lowest = small.banks.map(\.start.value).min() ?? 0
    let base = Alignment.block2M.up(lowest) ?? 0
    memory.kernel =
      request.places.kernel ?? small.kernelPlace(of: facts.image)?.start
      ?? PhysicalAddress(base + facts.image.textOffset)
    let end = memory.kernel.value + facts.image.size
    var taken = small.staticRanges
    if let below = PhysicalRange(at: 0, bytes: end) { taken.append(below) }
    func place(_ size: UInt64) -> PhysicalAddress {
      small.banks.firstPlace(of: ByteCount(size), alignedTo: .block2M, clearOf: taken)?.start
        ?? PhysicalAddress(Alignment.block2M.up(end) ?? end)
    }
    let tree = request.places.deviceTree ?? place(UInt64(blob.count))
    memory.deviceTree =
      PhysicalRange(at: tree.value, bytes: UInt64(blob.count)) ?? memory.deviceTree
    if let start = request.places.initramfs {
      let size =
        request.places.initramfsSize ?? memory.initramfs?.size ?? Self.usualInitramfsSize
      memory.initramfs = PhysicalRange(start: start, size: size)
      assumptions.append("the initramfs takes \(size)")
    }
    let why =
      request.places.kernel == nil ? ", the first place that no region with an address takes" : ""
    assumptions.insert(
      "the kernel is loaded at \(memory.kernel)\(why), and the device tree at \(tree)", at: 0)
  }

  /// What a distribution's takes, about.
  private static var usualInitramfsSize: ByteCount { .mebibytes(32) }
}

extension EarlyMemory {
  fileprivate mutating func append(_ words: String) {
    guard !words.isEmpty else { return }
    commandLine += commandLine.isEmpty ? words : " \(words)"
  }
}
