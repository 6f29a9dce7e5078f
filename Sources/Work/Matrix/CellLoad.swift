// SPDX-License-Identifier: Apache-2.0

package import GuestRequests
package import Quantities

/// What makes a cell slow, as far as it is known before it runs.
package struct CellLoad: Hashable, Sendable {
  /// All RAM of the guest.
  package let ram: ByteCount
  /// The pools that it asks for.
  package let pool: ByteCount
  package let tests: [GuestTest]

  package init(ram: ByteCount, pool: ByteCount, tests: [GuestTest]) {
    self.ram = ram
    self.pool = pool
    self.tests = tests
  }
}
