// SPDX-License-Identifier: Apache-2.0

import HostFiles
import HostProcesses
import SystemPackage
import Testing

/// Where the guest's init finds the default pool (images/init/default_pool.c), compiled for this machine:
/// with folders and a kernel log of the test's in place of the kernel's.
@Suite struct DefaultPoolTests {
  private static let checkout = FilePath(#filePath).removingLastComponent().appending("../..")
  /// Its command line and its device tree's model have the allocator's words, and no pool is made.
  private static let echoes = """
    <5>[    0.000000] Linux version 6.1.0 (b@h) (gcc) #1 SMP
    <6>[    0.000000] Machine model: cma: Reserved 16 MiB at 0x0000000000000002
    <5>[    0.000000] Kernel command line: x=cma: Reserved 3000 MiB at 0x1
    <4>[    0.000000] Unknown kernel command line parameters "cma: Reserved 3000 MiB at 0x1"

    """

  @Test func wordsOfTheCommandLineAreNoPool() async throws {
    try await withFolder { folder in
      let found = try await pool(in: folder, log: Self.echoes)
      #expect(found == "none\n")
    }
  }

  @Test(arguments: ["<6>[    0.000000] ", "<6>[    0.000000][    T0] ", "[    0.000000] ", ""])
  func theAllocatorsOwnMessageIsOne(prefix: String) async throws {
    try await withFolder { folder in
      let log = "\(Self.echoes)\(prefix)cma: Reserved 64 MiB at 0x000000007bc00000\n"
      let found = try await pool(in: folder, log: log)
      #expect(found == "0x7bc00000 67108864\n")
    }
  }

  /// debugfs takes precedence over the log; up to 5.10 it has a prefix before the node's name.
  @Test(arguments: ["reserved", "linux,cma", "cma-linux,cma"])
  func debugfsIsAskedFirst(area: String) async throws {
    try await withFolder { folder in
      try HostFile.createDirectory(folder.pushing("debugfs").appending(area))
      try write("262144\n", to: folder.pushing("debugfs").appending(area).appending("base_pfn"))
      try write("16384\n", to: folder.pushing("debugfs").appending(area).appending("count"))
      try write("", to: folder.pushing("nodes/linux,cma/linux,cma-default"))
      let log = "cma: Reserved 64 MiB at 0x000000007bc00000\n"
      let page = try await ToolCommand(.named("getconf"), ["PAGESIZE"]).output()
      let size = try #require(
        UInt64(String(decoding: page, as: UTF8.self).split(separator: "\n").first ?? ""))
      let found = try await pool(in: folder, log: log)
      #expect(found == "0x\(String(262_144 * size, radix: 16)) \(16_384 * size)\n")
    }
  }

  /// What init finds: `BASE BYTES`, or `none`.
  private func pool(in folder: FilePath, log: String) async throws -> String {
    let source = Self.checkout.appending("images/init/default_pool.c")
    var text = String(decoding: try HostFile.read(source, limit: 1 << 20), as: UTF8.self)
    for (path, replacement) in [
      ("/sys/kernel/debug/cma", "debugfs"), ("/proc/device-tree/reserved-memory", "nodes"),
    ] {
      try #require(text.contains("\"\(path)\""))
      text = text.replacing("\"\(path)\"", with: "\"\(folder.appending(replacement))\"")
    }
    try write(text, to: folder.appending("default_pool.c"))
    try write(Self.program, to: folder.appending("main.c"))
    let program = folder.appending("find").string
    _ = try await ToolCommand(
      .named("gcc"),
      [
        "-std=gnu11", "-Wall", "-Werror", "-I", source.removingLastComponent().string, "-o",
        program,
        folder.appending("default_pool.c").string, folder.appending("main.c").string,
      ]
    ).output()
    let output = try await ToolCommand(.path(FilePath(program))).collect(input: Array(log.utf8))
    #expect(output.status.isSuccess)
    return String(decoding: output.standardOutput, as: UTF8.self)
  }

  /// Its kernel log is standard input, read to the end whether or not it is asked for.
  private static let program = """
    #include "default_pool.h"
    #include <inttypes.h>
    #include <stdio.h>
    #include <string.h>

    static char text[65536];
    static size_t length;

    int klogctl(int action, char *buffer, int size);
    int klogctl(int action, char *buffer, int size)
    {
      (void)action;
      if (length > (size_t)size)
        return -1;
      memcpy(buffer, text, length);
      return (int)length;
    }

    int main(void)
    {
      struct default_pool pool = { 0, 0 };

      length = fread(text, 1, sizeof text, stdin);
      if (find_default_pool(&pool))
        printf("0x%" PRIx64 " %" PRIu64 "\\n", pool.base, pool.size);
      else
        puts("none");
      return 0;
    }

    """

  private func withFolder(_ body: (FilePath) async throws -> Void) async throws {
    let folder = FilePath("/tmp/cmalab-pool-test-\(UInt64.random(in: 0 ... .max))")
    try HostFile.createDirectory(folder)
    defer { try? HostFile.remove(folder) }
    try await body(folder)
  }

  private func write(_ text: String, to file: FilePath) throws {
    try HostFile.createDirectory(file.removingLastComponent())
    try HostFile.write(Array(text.utf8), to: file)
  }
}
