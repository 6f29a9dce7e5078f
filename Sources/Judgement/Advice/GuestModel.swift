// SPDX-License-Identifier: Apache-2.0

package import Boards
package import GuestRequests
package import Predictions
package import Quantities

/// Who tells what a guest will find when it starts, without starting it: advice asks this of every
/// guest that it considers.
package protocol GuestModel: Sendable {
  /// - Throws: `GuestRequestError` for a board that there is not.
  func board(of request: GuestRequest) throws -> Board

  /// - Throws: `GuestRequestError` for names that are not there; whatever keeps such a guest from
  ///   being made.
  func outlook(of request: GuestRequest) async throws -> GuestOutlook

  /// The kernel of a request, whatever board it is to start on.
  ///
  /// - Throws: as ``outlook(of:)``.
  func kernel(
    of request: GuestRequest, for architecture: Architecture
  ) async throws -> KernelOutlook
}

/// A kernel that was looked up.
package struct KernelOutlook: Hashable, Sendable {
  package let name: String
  package let facts: KernelFacts

  package init(name: String, facts: KernelFacts) {
    self.name = name
    self.facts = facts
  }

  /// `6.1, 4K pages`.
  var label: String { "\(name), \(facts.pageSize >> 10)K pages" }
}

/// A guest that was looked up, and the early memory that its kernel will find.
package struct GuestOutlook: Sendable {
  package let board: Board
  /// With the banks of the request, where it has some.
  package let layout: BoardLayout
  /// What is asked for as the default pool, before any rounding.
  package let askedBytes: ByteCount
  /// The kernel's name.
  package let kernel: String
  package let facts: KernelFacts
  package let memory: EarlyMemory
  /// The device tree as a blob.
  package let tree: [UInt8]

  package init(
    board: Board, layout: BoardLayout, askedBytes: ByteCount, kernel: String, facts: KernelFacts,
    memory: EarlyMemory, tree: [UInt8]
  ) {
    self.board = board
    self.layout = layout
    self.askedBytes = askedBytes
    self.kernel = kernel
    self.facts = facts
    self.memory = memory
    self.tree = tree
  }
}
