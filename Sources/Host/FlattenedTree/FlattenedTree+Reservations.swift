// SPDX-License-Identifier: Apache-2.0
import CFDT

/// An entry of the memory reservation block, `/memreserve/` in source; addresses and bytes.
package struct MemoryReservation: Hashable, Sendable {
  package let address: UInt64
  package let byteCount: UInt64

  package init(address: UInt64, byteCount: UInt64) {
    self.address = address
    self.byteCount = byteCount
  }
}

extension FlattenedTree {
  /// The entries of the memory reservation block, in order.
  package func memoryReservations() throws(FDTError) -> [MemoryReservation] {
    try unsafe read { (blob) throws(FDTError) in
      func refuse(_ status: Int32) -> FDTError {
        FDTError(operation: "fdt_get_mem_rsv", path: "/memreserve/", code: .library(-status))
      }
      let count = unsafe fdt_num_mem_rsv(blob)
      guard count >= 0 else { throw refuse(count) }
      guard count <= Self.maximumReservationCount else {
        throw FDTError(
          operation: "fdt_num_mem_rsv", path: "/memreserve/", code: .tooManyReservations)
      }
      var entries: [MemoryReservation] = []
      for index in 0..<count {
        var address: UInt64 = 0
        var byteCount: UInt64 = 0
        let status = unsafe fdt_get_mem_rsv(blob, index, &address, &byteCount)
        guard status == 0 else { throw refuse(status) }
        entries.append(MemoryReservation(address: address, byteCount: byteCount))
      }
      return entries
    }
  }

  /// Adds an entry behind the others.
  package mutating func add(_ entry: MemoryReservation) throws(FDTError) {
    guard entry.byteCount > 0 else {
      throw FDTError(
        operation: "fdt_add_mem_rsv", path: "/memreserve/", code: .emptyReservation)
    }
    try unsafe edit("fdt_add_mem_rsv", "/memreserve/") { blob, _ in
      unsafe fdt_add_mem_rsv(blob, entry.address, entry.byteCount)
    }
  }
}
