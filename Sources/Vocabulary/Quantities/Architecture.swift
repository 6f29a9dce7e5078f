// SPDX-License-Identifier: Apache-2.0

/// The instruction sets that cmalab's monitor can start.
package enum Architecture: String, CaseIterable, Sendable {
  /// AArch64.
  case arm64
  /// AArch32 (ARMv7 with LPAE), under an AArch64 monitor.
  case arm
}
