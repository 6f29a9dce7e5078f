// SPDX-License-Identifier: Apache-2.0

extension LineHistory {
  static let linux7dot3 = LineHistory((7, 3), checked: [:], changes: [])
}
