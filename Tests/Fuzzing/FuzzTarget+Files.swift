// SPDX-License-Identifier: Apache-2.0

import Advice
import Boards
import Foundation
import GuestRequests
import HostFiles
import MadeUpGuests
import Matrix
import MemoryRequests
import Predictions
import Quantities
import Records
import Reports
import SystemPackage
import YAMLFiles

extension FuzzTarget {
  /// A board file, with what lint says of the board.
  static let board = FuzzTarget(
    "board", isText: true,
    dictionary: keys + [
      "name: ", "layouts:", "banks: [{ base: 0x0, size: 2G }]", "reserved:", "no-map: true",
      "size: 0xffffffffffffffff", "base: 0xffffffffffffffff", "defaults: ", "cma: 64M",
      "loader:", "dma-limit: ", "alloc-ranges",
    ],
    seeds: { try files("boards", below: "") + [Array(MadeUpModel.file.utf8)] },
    fault: { bytes in
      guard let text = try? YAMLText(file: "board.yaml", bytes: bytes),
        let board = try? Board(text, name: "board")
      else { return nil }
      let report = try? await BoardLint(model: MadeUpModel(of: board)).report(
        on: GuestRequest(board: "board"), file: "board.yaml")
      if let report { show(report, by: bytes) }
      return nil
    })

  /// A matrix file: the plan that comes of it is read back as it was written.
  static let matrix = FuzzTarget(
    "matrix", isText: true,
    dictionary: keys + [
      "name: ", "axes:", "exclude:", "include:", "expect: ", "expectations:", "because: ",
      "predicted", "refused", "panic", "cma: [64M, 1G]", "layout: ", "kernel: ", "region: ",
      "within=0x0-0x1000", "test: [[], [all]]", "timeout: ", "bank: ",
    ],
    seeds: { try files("boards", below: "matrices") },
    fault: { bytes in
      guard let text = try? YAMLText(file: "matrix.yaml", bytes: bytes),
        let file = try? MatrixFile(text), file.cells.count <= mostCells
      else { return nil }
      let plan = MatrixPlan(
        name: file.name, timeout: file.timeout, cells: file.cells, shard: nil)
      do {
        return try JSONDecoder().decode(MatrixPlan.self, from: JSONEncoder().encode(plan)) == plan
          ? nil : "a plan is read back as another one"
      } catch {
        return "a plan cannot be read back: \(error)"
      }
    })

  /// What is written and read back of a plan takes time by its cells, of which a few words make many.
  private static let mostCells = 256

  /// A kernel's command line, split as the kernel does it, and what the model makes of it; the first byte
  /// says of which kernel.
  static let parameters = FuzzTarget(
    "parameters", isText: false,
    dictionary: [
      "cma=", "cma_pernuma=", "mem=", "memmap=", "crashkernel=", "memblock=debug", "hugetlb_cma=",
      "kernelcore=", "movablecore=", "numa=fake=4", "kasan=", "swiotlb=", "vmalloc=", "highmem=",
      "initrd=", "--", "\"", "=", "@", ",high", ",low", "512M-2G:64M,2G-:128M", "64M@0-4G", "0x",
      "18446744073709551615", "nokaslr", "hashdist=", "coherent_pool=", "reserve_mem=",
    ],
    seeds: {
      [
        "console=ttyAMA0 earlycon panic=-1 cma=3000M",
        "\"cma=128M\" foo=\"a cma=1M\" cma_pernuma=16M -- cma=2M", "cma=64M@0x40000000-0x80000000",
        "crashkernel=512M-2G:64M,2G-:128M@16M crashkernel=256M,high crashkernel=72M,low",
        "mem=1G mem=512M@0x80000000 vmalloc=240M swiotlb=65536 hugetlb_cma=1G numa=off",
      ].enumerated().map { [UInt8($0)] + Array($1.utf8) }
    },
    fault: { bytes in
      guard let first = bytes.first else { return nil }
      let line = String(decoding: bytes.dropFirst(), as: UTF8.self)
      let parameters = KernelParameters(line)
      let rest = KernelParameters(parameters.removing("cma"))
      guard rest.values(of: "cma").isEmpty else { return "'cma' was removed, and is still there" }
      for value in parameters.values(of: "cma").compactMap(\.self) {
        _ = try? PoolRequest(parsing: String(decoding: value, as: UTF8.self))
      }
      let facts = kernels[Int(first) % kernels.count]
      var memory = SampleKernel.memory(SampleKernel.stock, cma: "0")
      memory.commandLine = line
      memory.kernel = PhysicalAddress(facts.image.textOffset)
      return Prediction(of: facts, with: memory) == Prediction(of: facts, with: memory)
        ? nil : "two predictions of one guest differ"
    })

  /// Of every line, of both architectures.
  private static let kernels = KernelRules.all.flatMap {
    [SampleKernel.facts($0.line), SampleKernel.factsOfARM($0.line)]
  }

  /// Words of YAML.
  private static let keys = [
    "- ", "{", "}", "[", "]", ": ", "&a ", "*a", "|", ">", "!!str ", "#", "?",
  ]

  /// The files of a folder of this checkout.
  private static func files(_ folder: String, below subfolder: String) throws -> [[UInt8]] {
    let checkout = FilePath(#filePath).removingLastComponent().appending("../..")
    let path = checkout.appending(folder).pushing(FilePath(subfolder))
    return try HostFile.names(in: path).filter { $0.hasSuffix(".yaml") }.map {
      try HostFile.read(path.appending($0), limit: 1 << 20)
    }
  }
}
