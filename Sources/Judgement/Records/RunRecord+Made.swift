// SPDX-License-Identifier: Apache-2.0

extension RunRecord {
  /// When, where and with what a run was made.
  package struct Made: Hashable, Sendable, Codable {
    /// When it began, in UTC (ISO 8601): `2026-11-28T20:15:38Z`.
    package let date: String
    package let host: String
    /// The versions of cmalab and of QEMU.
    package let cmalab: String
    package let emulator: String

    package init(date: String, host: String, cmalab: String, emulator: String) {
      self.date = date
      self.host = host
      self.cmalab = cmalab
      self.emulator = emulator
    }
  }
}
