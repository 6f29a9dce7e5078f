// SPDX-License-Identifier: Apache-2.0

package import KernelConsole

extension Finding {
  /// What a rule is called in reports and by scripts: stable. Of what a kernel says, the complaint's
  /// own name.
  package enum Rule: Hashable, Sendable {
    /// One of lint's own.
    case own(Own)
    /// A complaint of the kernel's.
    case said(KernelComplaint.ID)

    package enum Own: String, Hashable, Sendable, CaseIterable {
      case sizeInReg = "reg-for-size"
      case memoryType = "memory-type"
      case noMemory = "no-memory"
      case exclusiveFlags = "exclusive-flags"
      case numberTooLarge = "wild-number"
      case noPlace = "no-place"
      case defaultTwice = "default-twice"
      case poolOutsideMemory = "pool-outside-memory"
      case regionOutsideMemory = "region-outside-memory"
      case poolOverKernel = "pool-over-kernel"
      case poolOverBootData = "pool-over-boot-data"
      case dmaLimit = "dma-limit"
      case dmaMask = "dma-mask"
      case rounded
      case unusableMemory = "unusable-memory"
      case starved
      case noPool = "no-pool"
      case inventedRAM = "invented-ram"
      case overlappingBanks = "overlapping-banks"
      case misplacedRegion = "misplaced-region"
      case inertOverlay = "inert-overlay"
      case memoryLength = "memory-length"
      case duplicatePhandle = "duplicate-phandle"
      case wrappingReservation = "wrapping-reservation"
    }
  }
}

extension Finding.Rule: RawRepresentable, Codable, CustomStringConvertible {
  package var rawValue: String {
    switch self {
    case .own(let rule): rule.rawValue
    case .said(let complaint): complaint.rawValue
    }
  }

  /// Nil for a name that is not a rule's.
  package init?(rawValue: String) {
    if let rule = Own(rawValue: rawValue) {
      self = .own(rule)
    } else if let complaint = KernelComplaint.ID(rawValue: rawValue) {
      self = .said(complaint)
    } else {
      return nil
    }
  }

  package var description: String { rawValue }
}
