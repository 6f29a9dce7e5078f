// SPDX-License-Identifier: Apache-2.0

/// Why a CPU came to the monitor: EC of ESR_EL2 (Arm DDI 0487, "ESR_EL2").
package struct ExceptionClass: Hashable, Sendable, CustomStringConvertible {
  /// Six bits.
  package let code: UInt8

  /// An instruction abort or a data abort, from a lower exception level or from EL2 itself.
  package var isAbort: Bool { [0x20, 0x21, 0x24, 0x25].contains(code) }

  /// `exception class 0x16`
  package var description: String { "exception class 0x\(String(code, radix: 16))" }
}

extension Ending {
  /// Of a guest that the monitor stopped; nil where its line does not say.
  package var exceptionClass: ExceptionClass? {
    // "@monitor fault esr=0x000000005a000000 far=0x… …" (images/monitor/monitor.S, fault)
    guard kind == .faulted, let label = line.firstRange(of: "esr=0x"),
      let syndrome = UInt64(line[label.upperBound...].prefix { $0.isHexDigit }, radix: 16)
    else { return nil }
    return ExceptionClass(code: UInt8(syndrome >> 26 & 0x3f))
  }
}
