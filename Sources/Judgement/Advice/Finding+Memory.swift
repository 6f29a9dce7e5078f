// SPDX-License-Identifier: Apache-2.0

import KernelConsole
import Records

extension Finding.Rule {
  /// Whether such a finding depends on where RAM lies: of a tree whose RAM the boot loader fills in,
  /// there is nothing to say then.
  var dependsOnMemory: Bool {
    switch self {
    case .own(let rule):
      [
        .poolOutsideMemory, .regionOutsideMemory, .poolOverKernel, .poolOverBootData, .dmaLimit,
        .dmaMask, .unusableMemory, .starved, .noPool,
      ].contains(rule)
    case .said(let complaint):
      [.limit, .memoryBoundary, .notActivated, .crashKernel].contains(complaint)
    }
  }
}
