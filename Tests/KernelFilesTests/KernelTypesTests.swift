// SPDX-License-Identifier: Apache-2.0

import KernelFiles
import Testing

/// What is read of the BTF in a kernel's image.
@Suite struct KernelTypesTests {
  /// A kernel of a few types, as Documentation/bpf/btf.rst lays them out.
  private struct Sample {
    private var names: [UInt8] = [0]
    private var types: [UInt8] = []
    /// Of the header: later kernels have a longer one.
    var headerSize: UInt32 = 24

    /// - Parameters:
    ///   - kind: BTF_KIND_….
    ///   - details: what follows struct btf_type, in bytes.
    mutating func add(_ name: String, kind: UInt32, count: UInt32 = 0, size: UInt32, details: Int) {
      types += SampleKernel.littleEndian(UInt32(names.count))
      types += SampleKernel.littleEndian(kind << 24 | count)
      types += SampleKernel.littleEndian(size)
      types += [UInt8](repeating: 0xee, count: details)
      names += Array(name.utf8) + [0]
    }

    var bytes: [UInt8] {
      let header: [UInt32] = [
        headerSize, 0, UInt32(types.count), UInt32(types.count), UInt32(names.count),
      ]
      return [0x9f, 0xeb, 1, 0] + header.flatMap { SampleKernel.littleEndian($0) }
        + [UInt8](repeating: 0, count: Int(headerSize) - 24) + types + names
    }
  }

  /// One of each kind that has details, and the structure last.
  private static var sample: Sample {
    var sample = Sample()
    sample.add("int", kind: 1, size: 4, details: 4)
    sample.add("", kind: 2, size: 1, details: 0)
    sample.add("", kind: 3, size: 0, details: 12)
    sample.add("page", kind: 4, count: 3, size: 64, details: 36)
    sample.add("either", kind: 5, count: 2, size: 8, details: 24)
    sample.add("choice", kind: 6, count: 2, size: 4, details: 16)
    sample.add("pglist_data", kind: 7, size: 0, details: 0)
    sample.add("pg_data_t", kind: 8, size: 9, details: 0)
    sample.add("", kind: 13, count: 2, size: 1, details: 16)
    sample.add("jiffies", kind: 14, size: 1, details: 4)
    sample.add(".data", kind: 15, count: 1, size: 8, details: 12)
    sample.add("tag", kind: 17, size: 1, details: 4)
    sample.add("wide", kind: 19, count: 1, size: 8, details: 12)
    // BTF_INFO_KFLAG: its members are bit fields.
    sample.add("pglist_data", kind: 4 | 0x80, count: 2, size: 14_144, details: 24)
    return sample
  }

  private static let padding = [UInt8](repeating: 0x11, count: 1001)

  @Test(arguments: [24, 32] as [UInt32])
  func structuresHaveSizes(headerSize: UInt32) throws {
    var sample = Self.sample
    sample.headerSize = headerSize
    let types = try #require(KernelTypes(in: Self.padding + sample.bytes + Self.padding))
    #expect(types.size(ofStructure: "pglist_data") == 14_144)
    #expect(types.size(ofStructure: "page") == 64)
    #expect(types.size(ofStructure: "pag") == nil)
    #expect(types.size(ofStructure: "either") == nil)
    #expect(types.size(ofStructure: "zone") == nil)
  }

  @Test func aMarkAloneIsNone() throws {
    let mark: [UInt8] = [0x9f, 0xeb, 1, 0]
    #expect(KernelTypes(in: []) == nil)
    #expect(KernelTypes(in: Self.padding + mark) == nil)
    #expect(KernelTypes(in: Self.padding + mark + Self.padding) == nil)
    let types = try #require(KernelTypes(in: mark + Self.padding + Self.sample.bytes))
    #expect(types.size(ofStructure: "page") == 64)
  }

  /// However a kernel is cut, no byte beyond it is read.
  @Test func cutTypesAreNone() {
    let bytes = Self.sample.bytes
    for length in 0..<bytes.count {
      #expect(KernelTypes(in: Array(bytes.prefix(length))) == nil)
    }
  }

  @Test func whatIsNotWholeHasNoSizes() throws {
    var unknownKind = Self.sample
    unknownKind.add("new", kind: 77, size: 0, details: 0)
    var two = Self.sample
    two.add("pglist_data", kind: 4, size: 64, details: 0)
    var beyond = Self.sample
    beyond.add("long", kind: 4, count: 0xff_ffff, size: 64, details: 0)
    for sample in [unknownKind, two, beyond] {
      let types = try #require(KernelTypes(in: sample.bytes))
      #expect(types.size(ofStructure: "pglist_data") == nil)
    }
  }
}
