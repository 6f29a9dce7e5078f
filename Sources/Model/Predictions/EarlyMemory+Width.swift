// SPDX-License-Identifier: Apache-2.0
import Quantities

extension EarlyMemory {
  /// The same as a kernel reads it whose phys_addr_t holds no larger number: the upper bits of what
  /// the tree says are lost (drivers/of/fdt.c). Banks are judged before that.
  func truncated(to highestAddress: UInt64) -> EarlyMemory {
    guard highestAddress < .max else { return self }
    func cut(_ value: UInt64) -> UInt64 { value & highestAddress }
    func cut(_ entries: [Entry]) -> [Entry] {
      entries.map { Entry(start: cut($0.start), size: cut($0.size)) }
    }
    var narrow = self
    narrow.capture.usableRanges = cut(capture.usableRanges)
    narrow.memoryReservations = memoryReservations.compactMap {
      PhysicalRange(at: cut($0.start.value), bytes: cut($0.size.bytes))
    }
    narrow.reservedMemory?.nodes = (reservedMemory?.nodes ?? []).map { node in
      var node = node
      switch node.placement {
      case .fixed(let entries): node.placement = .fixed(cut(entries))
      case .dynamic(let size, let alignment, let within):
        node.placement = .dynamic(
          size: cut(size), alignment: alignment.map { cut($0) }, within: within.map { cut($0) })
      case .malformedRanges(let size, let alignment):
        node.placement = .malformedRanges(size: cut(size), alignment: alignment.map { cut($0) })
      case .malformedFixed, .malformedSize, .malformedAlignment, .nowhere: break
      }
      return node
    }
    return narrow
  }
}
