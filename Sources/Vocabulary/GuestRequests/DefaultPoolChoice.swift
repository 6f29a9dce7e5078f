// SPDX-License-Identifier: Apache-2.0

package import MemoryRequests

/// What `--cma` is given: a pool, or the word for no `cma=` at all.
///
/// `0` is something else: with `cma=0` the kernel passes over a default pool of the device tree and of
/// its configuration, too (kernel/dma/contiguous.c, early_cma).
package enum DefaultPoolChoice: Hashable, Sendable {
  case pool(PoolRequest)
  case omitted

  static let omittedWord = "none"

  /// - Throws: `PoolRequestError`, `QuantityError`.
  package init(parsing text: String) throws {
    self = text == Self.omittedWord ? .omitted : .pool(try PoolRequest(parsing: text))
  }
}

extension GuestRequest.Pools {
  /// Takes a choice in place of the former one.
  package mutating func choose(_ choice: DefaultPoolChoice) {
    switch choice {
    case .pool(let request): (asked, isOmitted) = (request, false)
    case .omitted: (asked, isOmitted) = (nil, true)
    }
  }
}
