// SPDX-License-Identifier: Apache-2.0
package import Observations
package import Quantities

/// How the guest's kernel rounds the size of its default pool.
///
/// mm/cma.c, cma_declare_contiguous_nid rounds `cma=` up to CMA_MIN_ALIGNMENT_BYTES. Since 5.19
/// (include/linux/cma.h) that is a pageblock; before, it is the larger of a pageblock and the
/// largest block of the buddy allocator.
package struct PoolRounding: Hashable, Sendable {
  package let alignment: Alignment
  /// Where the guest says how large its pageblock is.
  package let evidence: Evidence

  /// The rounding of the kernel that this guest says it is; nil where it does not say.
  package init?(_ identity: GuestIdentity) {
    guard let pages = identity.pageblockPages, let pageSize = identity.pageSize,
      let release = identity.kernelRelease.flatMap({ KernelRelease($0.value) })
    else { return nil }
    let (pageblock, overflow) = pages.value.multipliedReportingOverflow(by: pageSize.value.bytes)
    guard !overflow, let alignment = Alignment(pageblock) else { return nil }
    evidence = pages.evidence
    if release < KernelRelease(major: 5, minor: 19) {
      guard let order = identity.largestOrder, order.value < 32,
        let largest = Alignment(pageSize.value.bytes << order.value)
      else { return nil }
      self.alignment = max(alignment, largest)
    } else {
      self.alignment = alignment
    }
  }

  /// The size that the kernel makes of `asked`; nil where it overflows.
  package func rounded(_ asked: ByteCount) -> ByteCount? {
    alignment.up(asked.bytes).map { ByteCount($0) }
  }
}
