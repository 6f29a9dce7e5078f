// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests
package import Quantities

/// How large the default pool may be with an amount of RAM, as a team writes it into its boot loader.
package struct SafePool: Hashable, Sendable, Codable {
  package let board: String
  package let layout: String
  /// The RAM that is fitted, where it was asked for (`--ram`), or else all banks.
  package let ramBytes: ByteCount
  package let kernel: String
  package let pageSize: PageSize?
  package let via: PoolWay
  /// The regions beside the default pool, by their nodes; empty where there are none.
  package let regions: [String]
  /// The range that the pool was asked for in, `@START[-END]`; nil for anywhere.
  package let range: String?
  /// The largest pool of which the model says that the guest lives well with it; zero where there is none.
  package let safeBytes: ByteCount
  /// The largest that a run showed; nil where none passed.
  package let passedBytes: ByteCount?
  /// Words for the kernel's command line, or for a node of the device tree; nil where there is no safe pool,
  /// or the node has an address of its own.
  package let bootLoaderLine: String?

  package init(
    board: String, layout: String, ramBytes: ByteCount, kernel: String, pageSize: PageSize?,
    via: PoolWay, regions: [String], range: String?, safeBytes: ByteCount, passedBytes: ByteCount?,
    bootLoaderLine: String?
  ) {
    self.board = board
    self.layout = layout
    self.ramBytes = ramBytes
    self.kernel = kernel
    self.pageSize = pageSize
    self.via = via
    self.regions = regions
    self.range = range
    self.safeBytes = safeBytes
    self.passedBytes = passedBytes
    self.bootLoaderLine = bootLoaderLine
  }
}
