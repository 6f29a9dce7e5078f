// SPDX-License-Identifier: Apache-2.0

extension LineHistory {
  /// The oldest line: its rules are the ones that ``KernelRules`` declares.
  static let linux5dot4 = LineHistory((5, 4))
}
