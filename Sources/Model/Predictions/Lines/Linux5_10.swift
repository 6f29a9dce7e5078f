// SPDX-License-Identifier: Apache-2.0

import Quantities

extension LineHistory {
  /// The oldest line: its rules are the ones that ``KernelRules`` declares.
  static let linux5dot10 = LineHistory((5, 10), checked: [.arm64: 223], changes: [])
}
