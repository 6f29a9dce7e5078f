// SPDX-License-Identifier: Apache-2.0
package import Observations
import Predictions
package import Quantities

/// How the guest's kernel rounds the size of its default pool.
///
/// mm/cma.c, cma_declare_contiguous_nid rounds `cma=` up to CMA_MIN_ALIGNMENT_BYTES, which is a
/// pageblock, or on older kernels the buddy allocator's largest block where that is larger.
package struct PoolRounding: Hashable, Sendable {
  package let alignment: Alignment
  /// Where the guest says how large its pageblock is.
  package let evidence: Evidence

  /// The rounding of the kernel that this guest says it is; nil where it does not say.
  package init?(_ identity: GuestIdentity) {
    guard let pages = identity.pageblockPages, let pageSize = identity.pageSize,
      let rules = identity.kernelRules
    else { return nil }
    let (pageblock, overflow) = pages.value.multipliedReportingOverflow(by: pageSize.value.bytes)
    guard !overflow else { return nil }
    var largestBlock: UInt64 = 0
    if rules.largestOrderAligns {
      guard let order = identity.largestOrder, order.value < 32 else { return nil }
      largestBlock = pageSize.value.bytes << order.value
    }
    let bytes = rules.poolAlignment(pageblock: pageblock, largestBlock: largestBlock)
    guard let alignment = Alignment(bytes) else { return nil }
    self.alignment = alignment
    evidence = pages.evidence
  }

  /// The size that the kernel makes of `asked`; nil where it overflows.
  package func rounded(_ asked: ByteCount) -> ByteCount? {
    alignment.up(asked.bytes).map { ByteCount($0) }
  }
}

extension GuestIdentity {
  /// How the guest's kernel treats early memory, by its release; nil where that is not known.
  ///
  /// What is asked of them here, kernels older than the oldest line do alike.
  var kernelRules: KernelRules? {
    kernelRelease.flatMap { KernelRelease($0.value) }.map { KernelRules(release: $0) ?? .oldest }
  }
}
