// SPDX-License-Identifier: Apache-2.0

import Records

extension Finding {
  /// Whether ``message`` is one of those that a prediction has.
  var isSaidEarly: Bool { !["pool-over-kernel", "starved", "no-memory"].contains(rule) }
}
