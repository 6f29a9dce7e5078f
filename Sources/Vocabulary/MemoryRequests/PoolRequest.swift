// SPDX-License-Identifier: Apache-2.0

// What a kernel can be asked for: the ways to size and place its default pool, which of them wins,
// and regions of reserved-memory. Pure values: nothing here knows of boards, trees or guests.

package import Quantities

/// A pool as `cma=` asks for it: `SIZE`, `SIZE@START` or `SIZE@START-END`
/// (kernel/dma/contiguous.c, early_cma).
package struct PoolRequest: Hashable, Sendable, Codable {
  /// Before any rounding; zero asks for no default pool at all.
  package let bytes: ByteCount
  /// Where it is to begin, or, of a range, where the search begins.
  package let base: PhysicalAddress?
  /// The first address past the range in which the kernel is to search.
  package let limit: PhysicalAddress?

  package init(bytes: ByteCount, base: PhysicalAddress? = nil, limit: PhysicalAddress? = nil) {
    self.bytes = bytes
    self.base = base
    self.limit = limit
  }

  /// Reads `64M`, `0x4000000`, `0`, `64M@0x10000000`, `64M@256M-1G`.
  ///
  /// The kernel takes whatever it cannot read as zero and never says so; this does not.
  /// - Throws: `PoolRequestError`, `QuantityError`.
  package init(parsing text: String) throws {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    bytes = try ByteCount(parsing: parts.first ?? "")
    guard bytes.bytes != .max else { throw PoolRequestError.notGiven(text) }
    guard parts.count == 2 else {
      base = nil
      limit = nil
      return
    }
    let ends = parts[1].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let start = try PhysicalAddress(parsing: ends[0])
    guard bytes > .zero else { throw PoolRequestError.placeOfNothing(text) }
    guard let end = start.advanced(by: bytes) else { throw PoolRequestError.wraps(text) }
    guard ends.count == 2 else {
      base = start
      limit = nil
      return
    }
    let limit = try PhysicalAddress(parsing: ends[1])
    guard limit >= end else { throw PoolRequestError.tooNarrow(text, room: start, limit) }
    base = start
    self.limit = limit
  }

  /// The one address that it can have; nil where the kernel searches.
  ///
  /// A range that the size fills exactly is an address too. Zero never is one: the kernel takes it
  /// for no address (mm/cma.c, `if (!base) fixed = false`).
  package var fixedBase: PhysicalAddress? {
    guard let base, base.value != 0 else { return nil }
    guard let limit else { return base }
    return base.advanced(by: bytes) == limit ? base : nil
  }

  /// Where the kernel may put it: an address's own range, or the range that was given.
  package var window: PhysicalRange? {
    guard let base else { return nil }
    guard let limit else { return PhysicalRange(start: base, size: bytes) }
    return PhysicalRange(start: base, size: ByteCount(limit.value - base.value))
  }

  /// The same looked for below an address, as a machine's DMA limit makes the kernel look
  /// (kernel/dma/contiguous.c, dma_contiguous_reserve: the lower one counts).
  ///
  /// - Parameter end: the last address; nil for a pool that keeps its own address, which no range can
  ///   say, and for one of no size.
  package func searched(upTo end: PhysicalAddress) -> PoolRequest? {
    let base = base ?? PhysicalAddress(0)
    guard bytes > .zero, fixedBase == nil || limit != nil, base < end else { return nil }
    return PoolRequest(bytes: bytes, base: base, limit: min(limit ?? end, end))
  }

  /// As the kernel's command line takes it: `64M@0x10000000-0x40000000`.
  package var kernelArgument: String {
    let start = base.map { "@\($0)" } ?? ""
    let end = limit.map { "-\($0)" } ?? ""
    return bytes.kernelArgument + start + end
  }
}

extension PoolRequest: CustomStringConvertible {
  /// `64 MiB`, `64 MiB at 0x10000000`, `64 MiB in 0x10000000-0x3fffffff`.
  package var description: String {
    guard let base else { return "\(bytes)" }
    if base.value != 0, limit == nil { return "\(bytes) at \(base)" }
    return "\(bytes)" + (window.map { " in \($0)" } ?? "")
  }
}

/// Why a text asks for no pool that makes sense.
package enum PoolRequestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `size_cmdline` of kernel/dma/contiguous.c is -1 where there is no `cma=`.
  case notGiven(String)
  case placeOfNothing(String)
  case wraps(String)
  case tooNarrow(String, room: PhysicalAddress, PhysicalAddress)

  package var description: String {
    switch self {
    case .notGiven(let text):
      "'\(text)' is the size with which the kernel marks that there is no cma=: give a smaller one"
    case .placeOfNothing(let text):
      "'\(text)' places a pool of no size: write 0 for no pool, or give a size"
    case .wraps(let text): "'\(text)' reaches past 2^64: lower the address or the size"
    case .tooNarrow(let text, let start, let end):
      "'\(text)' does not fit between \(start) and \(end) (the end is the first address past the "
        + "range): write SIZE@START-END with END at least START + SIZE"
    }
  }
}
