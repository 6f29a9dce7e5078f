// SPDX-License-Identifier: Apache-2.0

package import Quantities

/// Why the kernel refuses the default pool (mm/cma.c, cma_declare_contiguous_nid).
package enum PoolRefusal: Hashable, Sendable {
  /// All so many areas are taken.
  case noArea(Int)
  /// Its base is not a multiple of that.
  case misalignedBase(ByteCount)
  case beyondMemory
  case acrossHighMemory
  /// The search ends there.
  case beyondLimit(PhysicalAddress)
  /// Its size wraps when it is rounded up.
  case tooLarge
  /// A part of its fixed place is taken.
  case placeTaken
  /// No hole below that is large enough.
  case noHole(below: PhysicalAddress)
  /// The whole range in which it is looked for has less RAM than that.
  case littleRAM(PhysicalRange, ByteCount)
}

extension PoolRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noArea(let count): "all \(count) areas are taken"
    case .misalignedBase(let alignment): "its base is not a multiple of \(alignment)"
    case .beyondMemory: "it reaches past the end of RAM"
    case .acrossHighMemory: "it reaches from lowmem into highmem"
    case .beyondLimit(let limit): "it reaches past \(limit), where the search ends"
    case .tooLarge: "it is larger than all addresses"
    case .placeTaken: "a part of it is taken"
    case .noHole(let limit): "no hole below \(limit) is large enough"
    case .littleRAM(let range, .zero): "there is no RAM in \(range)"
    case .littleRAM(let range, let ram): "\(range) has \(ram) of RAM in all"
    }
  }
}

/// Why the kernel makes nothing of a child of /reserved-memory (drivers/of/of_reserved_mem.c,
/// drivers/of/fdt.c, kernel/dma/contiguous.c).
package enum RegionRefusal: Hashable, Sendable {
  /// /reserved-memory lacks what makes the kernel look at it.
  case parentIgnored
  /// Neither `reg` nor `size`.
  case nowhere
  case emptyRegister
  case severalEntries
  case malformedRegister
  case malformedSize
  case malformedAlignment
  case malformedRanges
  /// The kernel's list holds so many.
  case listFull(Int)
  case zeroSize
  case placeTaken
  case noHole
  /// None of its `alloc-ranges` has RAM.
  case noRAM(in: [PhysicalRange])
  /// `cma=` takes precedence over a node with `linux,cma-default`.
  case overridden
  case noPools
  case notReusable
  case reusableAndNoMap
  /// Its base and size are not multiples of that.
  case misaligned(ByteCount)
  case noArea(Int)
  /// Another region's refusal gave its memory back.
  case notReserved
}

extension RegionRefusal {
  /// Whether the driver of CMA pools does not want it, rather than refuse it (-ENODEV).
  var isLackOfDriver: Bool {
    switch self {
    case .noPools, .notReusable, .reusableAndNoMap: true
    default: false
    }
  }
}

extension RegionRefusal {
  /// What a refusal is called in records and by scripts: stable.
  package enum ID: String, Hashable, Sendable, Codable {
    case parentIgnored = "parent-ignored"
    case nowhere
    case emptyRegister = "empty-register"
    case severalEntries = "several-entries"
    case malformedRegister = "malformed-register"
    case malformedSize = "malformed-size"
    case malformedAlignment = "malformed-alignment"
    case malformedRanges = "malformed-ranges"
    case listFull = "list-full"
    case zeroSize = "zero-size"
    case placeTaken = "place-taken"
    case noHole = "no-hole"
    case overridden
    case noPools = "no-pools"
    case notReusable = "not-reusable"
    case reusableAndNoMap = "reusable-and-no-map"
    case misaligned
    case noArea = "no-area"
    case notReserved = "not-reserved"
  }

  package var id: ID {
    switch self {
    case .parentIgnored: .parentIgnored
    case .nowhere: .nowhere
    case .emptyRegister: .emptyRegister
    case .severalEntries: .severalEntries
    case .malformedRegister: .malformedRegister
    case .malformedSize: .malformedSize
    case .malformedAlignment: .malformedAlignment
    case .malformedRanges: .malformedRanges
    case .listFull: .listFull
    case .zeroSize: .zeroSize
    case .placeTaken: .placeTaken
    case .noHole, .noRAM: .noHole
    case .overridden: .overridden
    case .noPools: .noPools
    case .notReusable: .notReusable
    case .reusableAndNoMap: .reusableAndNoMap
    case .misaligned: .misaligned
    case .noArea: .noArea
    case .notReserved: .notReserved
    }
  }
}

extension RegionRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .parentIgnored: "the whole of /reserved-memory is ignored"
    case .nowhere: "it has neither reg nor size"
    case .emptyRegister: "its reg is empty"
    case .severalEntries: "its reg has several entries"
    case .malformedRegister: "its reg is not a whole number of entries"
    case .malformedSize: "its size has other cells than the root's #size-cells"
    case .malformedAlignment: "its alignment has other cells than the root's"
    case .malformedRanges: "its alloc-ranges is not a whole number of entries"
    case .listFull(let count): "more than \(count) regions"
    case .zeroSize: "its size is 0"
    case .placeTaken: "a part of it is taken"
    case .noHole: "no hole is large enough"
    case .noRAM(let ranges):
      "there is no RAM in its alloc-ranges "
        + ranges.map(\.description).joined(separator: " and ")
    case .overridden: "cma= on the command line overrides it"
    case .noPools: "the kernel has no CMA"
    case .notReusable: "it is not reusable"
    case .reusableAndNoMap: "reusable and no-map exclude each other"
    case .misaligned(let alignment): "its base and size are not multiples of \(alignment)"
    case .noArea(let count): "all \(count) areas are taken"
    case .notReserved: "its memory is not reserved any more"
    }
  }
}
