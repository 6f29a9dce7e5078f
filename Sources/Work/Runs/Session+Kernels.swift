// SPDX-License-Identifier: Apache-2.0

package import Advice
import Boards
package import GuestRequests
import Guests
package import Quantities

extension Session {
  /// A kernel's facts do not depend on the board: any of the architecture names it.
  package func kernel(
    of request: GuestRequest, for architecture: Architecture
  ) async throws -> KernelOutlook {
    let catalogue = BoardCatalogue(directory: installation.boards)
    let board = try catalogue.names().first {
      try catalogue.board(named: $0).architecture == architecture
    }
    var asked = GuestRequest(board: board ?? GuestRequest.usualBoard)
    asked.kernel = request.kernel
    let selection = try await selection(asked)
    let known = try await preparation.kernel(of: selection)
    return KernelOutlook(name: known.name, facts: known.facts)
  }
}
