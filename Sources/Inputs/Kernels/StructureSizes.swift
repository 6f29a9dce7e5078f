// SPDX-License-Identifier: Apache-2.0
package import HostFiles
import HostProcesses
import SystemPackage

extension KernelBuild {
  /// What differs in a build that measures structures, for its name in the cache.
  static let structuresRecipe = "structures 1"
  fileprivate static let sizesName = "structure-sizes"

  /// Of an array of each, its compiler says how large it is; a prediction needs them, and they follow from more
  /// than the .config says: what a kernel with CONFIG_NUMA takes for a node.
  private static let source = """
    #include <linux/mmzone.h>
    char pglist_data[sizeof(struct pglist_data)];

    """

  /// Writes down sizes of structures as the tree's headers and its compiler have them; nothing for a kernel
  /// without CONFIG_NUMA, which takes none of them.
  func measureStructures() async throws {
    guard try finishedConfiguration().split(separator: "\n").contains("CONFIG_NUMA=y") else {
      return
    }
    let work = output.appending("structures")
    try HostFile.createDirectory(work)
    try HostFile.write(Array("obj-m := structures.o\n".utf8), to: work.appending("Kbuild"))
    try HostFile.write(Array(Self.source.utf8), to: work.appending("structures.c"))
    try await make(["M=\(work)", "structures.o"], "sizes of structures")
    // "0000000000000000 0000000000002c80 B pglist_data"
    let symbols = try await ToolCommand(
      .named("\(toolchain.prefix)nm"),
      ["--print-size", work.appending("structures.o").string]
    ).output(deadline: .seconds(60))
    let sizes = String(decoding: symbols, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 4 ? UInt64(words[1], radix: 16).map { "\(words[3]) \($0)\n" } : nil
    }
    try HostFile.write(Array(sizes.joined().utf8), to: output.appending(Self.sizesName))
    try HostFile.remove(work)
  }
}

extension BuiltKernel {
  /// sizeof of structures by name, in bytes; empty where they were not measured.
  package func structureSizes() throws(HostFileError) -> [String: UInt64] {
    let file = configuration.removingLastComponent().appending(KernelBuild.sizesName)
    guard HostFile.exists(file) else { return [:] }
    let text = String(decoding: try HostFile.read(file, limit: 1 << 12), as: UTF8.self)
    let pairs = text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 2 ? UInt64(words[1]).map { (String(words[0]), $0) } : nil
    }
    return Dictionary(pairs) { $1 }
  }
}
