// SPDX-License-Identifier: Apache-2.0

import Records

extension Finding.Rule {
  /// Whether the message of such a finding is one of those that a prediction has.
  var isSaidEarly: Bool {
    switch self {
    case .own(.poolOverKernel), .own(.starved), .own(.noMemory): false
    default: true
    }
  }
}
