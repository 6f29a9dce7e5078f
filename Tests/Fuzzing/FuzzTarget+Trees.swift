// SPDX-License-Identifier: Apache-2.0

import Advice
import BoardImports
import BoardLogs
import DeviceTrees
import Explanations
import FlattenedTree
import Foundation
import GuestRequests
import HostFiles
import MadeUpGuests
import Records
import Reports
import SystemPackage

extension FuzzTarget {
  /// A device tree as a blob, for each command that takes one.
  static let blob = FuzzTarget(
    "blob", isText: false,
    dictionary: [
      "memory", "reserved-memory", "chosen", "cpus", "device_type", "reg", "ranges", "dma-ranges",
      "#address-cells", "#size-cells", "size", "alignment", "alloc-ranges", "no-map", "reusable",
      "shared-dma-pool", "linux,cma-default", "linux,initrd-start", "linux,initrd-end", "bootargs",
      "linux,usable-memory-range", "linux,elfcorehdr", "memory-region", "phandle", "status",
      "crashkernel=256M", "mem=1G", "cma=64M@0-4G", "numa-node-id", "arm,cortex-a15",
    ],
    seeds: {
      var seeds = [try FlattenedTree().blob]
      for board in BoardLogCase.all where board.hasTree { seeds.append(try await board.blob) }
      return seeds
    },
    fault: { blob in
      guard let tree = try? FlattenedTree(validating: blob) else { return nil }
      _ = try? OwnTree(blob)
      _ = try? ForeignTexts.all(in: blob)
      let sources = BoardSources(tree: OwnerTree(file: "board.dtb", blob: blob))
      _ = try? BoardImport(name: nil, from: sources)
      let report = try? await TreeLint(model: MadeUpModel()).report(
        on: blob, path: "board.dtb", request: GuestRequest())
      if let report { show(report, by: blob) }
      var edited = tree
      _ = try? edited.set("edited", of: .root, to: .string("yes"))
      _ = try? edited.apply(tree)
      let isSound = (try? FlattenedTree(validating: edited.blob)) != nil
      return isSound ? nil : "a tree that was read and edited cannot be read any more"
    })

  /// A device tree as source: what dtc takes in of it lies in its own folder.
  static let source = FuzzTarget(
    "source", isText: true,
    dictionary: [
      "/dts-v1/;", "/plugin/;", "/include/ \"\(secret)\"", "/incbin/(\"\(secret)\")",
      "/memreserve/",
      "/* */", "//", "\"", "'", "\\", "/bits/ 8 ", "#include", "# 1 \"x\"", "/delete-node/ ",
    ],
    seeds: {
      var seeds = [
        Array("/dts-v1/;\n/ { a = /incbin/(\"\(secret)\", 0, 4); };\n".utf8),
        Array("/dts-v1/;\n/include/ \"part.dtsi\"\n/ { b = '\"'; c = \"\\\"\"; };\n".utf8),
      ]
      for board in BoardLogCase.all where board.hasTree {
        seeds.append(Array(try Data(contentsOf: board.url("board.dts"))))
      }
      return seeds
    },
    fault: { source in
      _ = SourceForm(of: String(decoding: source, as: UTF8.self))
      _ = SourceIncludes.directives(of: source)
      // Only what names it can take it in, and dtc takes its time.
      guard source.firstRange(of: Array(secret.dropFirst(3).utf8)) != nil else { return nil }
      return try? await HostFile.withTemporaryFolder {
        let folder = $0.appending("board")
        try HostFile.createDirectory(folder)
        try HostFile.write(secretBytes, to: $0.appending("secret"))
        let file = folder.appending("board.dts")
        try HostFile.write(source, to: file)
        let blob = try await DTC().blob(of: file).blob
        return blob.firstRange(of: secretBytes) == nil ? nil : "a file from elsewhere is taken in"
      }
    })

  private static let secret = "../secret"
  /// Source with a string that no input has by chance.
  private static let secretBytes = Array("/ { s = \"kept-\u{1}\u{2}-secret\"; };".utf8)
}

extension BoardLogCase {
  /// Its device tree, compiled.
  fileprivate var blob: [UInt8] {
    get async throws { try await DTC().blob(of: FilePath(url("board.dts").path)).blob }
  }
}
