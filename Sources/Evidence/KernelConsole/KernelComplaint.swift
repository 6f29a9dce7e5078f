// SPDX-License-Identifier: Apache-2.0

/// A message with which a kernel refuses, drops or changes what it was asked for, and what it means.
package struct KernelComplaint: Hashable, Sendable {
  /// What a complaint is called in records and by scripts: stable. Messages that mean the same, of
  /// different kernels, share one.
  package enum ID: String, Hashable, Sendable, Codable, CaseIterable {
    case nodeFormat = "node-format"
    case regLength = "reg-length"
    case sizeLength = "size-length"
    case alignmentLength = "alignment-length"
    case allocRangesLength = "alloc-ranges-length"
    case regEntries = "reg-entries"
    case notReserved = "not-reserved"
    case noRoom = "no-room"
    case driverRefused = "driver-refused"
    case overlap
    case regionSlots = "region-slots"
    case regionArray = "region-array"
    case coherentPool = "coherent-pool"
    case needsNoMap = "needs-no-map"
    case bypassed
    case poolAlignment = "pool-alignment"
    case poolSetup = "pool-setup"
    case poolSlots = "pool-slots"
    case baseAlignment = "base-alignment"
    case memoryBoundary = "memory-boundary"
    case limit
    case notActivated = "not-activated"
    case pageBlock = "page-block"
    case poolList = "pool-list"
    case noValue = "no-value"
    case allocation
    case crashKernel = "crash-kernel"
  }

  package let id: ID
  /// The message without the prefixes of ``MemoryMessage``; each `*` stands for any text.
  let pattern: MessagePattern
  /// Which `*` names the node or pool; nil for a message that names none.
  let subject: Int?
  package let meaning: String
  /// What to do about it.
  package let remedy: String
  /// The kernel file and function that says it.
  package let origin: String

  init(
    _ id: ID, _ pattern: MessagePattern, subject: Int? = nil, origin: String, meaning: String,
    remedy: String
  ) {
    self.id = id
    self.pattern = pattern
    self.subject = subject
    self.meaning = meaning
    self.remedy = remedy
    self.origin = origin
  }
}

extension KernelComplaint {
  /// Every complaint about pools and reserved memory of the lines 5.10 to 7.2.
  package static let all: [KernelComplaint] = ofNodes + ofRegions + ofPools + ofCrashKernel
}
