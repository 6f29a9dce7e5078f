// SPDX-License-Identifier: Apache-2.0

/// How many CPUs a guest can have.
package enum CPUCounts {
  /// A GICv2 has eight CPU interfaces (ARM IHI 0048B, GICD_ITARGETSR: one bit a CPU, eight bits).
  package static let ofGICv2 = 1...8
}
