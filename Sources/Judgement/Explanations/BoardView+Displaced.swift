// SPDX-License-Identifier: Apache-2.0

import BootLogs
package import Quantities
import Records

extension BoardView {
  /// A pool that is not where the model puts it.
  package struct DisplacedPool: Hashable, Sendable {
    /// The node's; nil for the default pool.
    package let name: String?
    package let logged: PhysicalAddress
    package let predicted: PhysicalAddress
  }

  /// Of the pools that the log places; none where the model does not say.
  ///
  /// - Parameter configuration: options by name, without `CONFIG_`; nil where the .config is not known.
  package func displacedPools(configuration: [String: String]?) -> [DisplacedPool] {
    let predicted = BoardOutlook(self, configuration: configuration).predicted
    guard predicted.unknown == nil, predicted.agrees == false else { return [] }
    return reservedPools.compactMap { pool in
      let sameName = predicted.pools.filter { $0.name == pool.pool.name }.compactMap(\.base)
      guard let logged = pool.pool.base, let other = sameName.first, !sameName.contains(logged)
      else { return nil }
      return DisplacedPool(name: pool.pool.name, logged: logged, predicted: other)
    }
  }
}
