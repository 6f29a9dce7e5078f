// SPDX-License-Identifier: Apache-2.0

import HostProcesses

/// How the kernel's build compresses (scripts/Makefile.lib, cmd_gzip and its kin), each unpacked by the
/// host's own program.
package enum Compression: String, Hashable, Sendable, CaseIterable {
  case gzip
  case bzip2
  case lzma
  case xz
  case lzo
  case lz4
  case zstd

  /// By the mark in front of the data; nil where there is none.
  init?(_ head: [UInt8]) {
    let found = Self.allCases.first { compression in
      compression.marks.contains { head.starts(with: $0) }
    }
    guard let found else { return nil }
    self = found
  }

  private var marks: [[UInt8]] {
    switch self {
    case .gzip: [[0x1f, 0x8b]]
    case .bzip2: [Array("BZh".utf8)]
    // Its properties as lc=3 lp=0 pb=2, and the low half of the dictionary's size.
    case .lzma: [[0x5d, 0x00, 0x00]]
    case .xz: [[0xfd] + Array("7zXZ".utf8) + [0]]
    case .lzo: [[0x89] + Array("LZO".utf8) + [0]]
    // The kernel's own is the older of the two formats.
    case .lz4: [[0x02, 0x21, 0x4c, 0x18], [0x04, 0x22, 0x4d, 0x18]]
    case .zstd: [[0x28, 0xb5, 0x2f, 0xfd]]
    }
  }

  private var command: (program: String, arguments: [String], package: String) {
    switch self {
    case .gzip: ("gzip", ["-dc"], "gzip")
    case .bzip2: ("bzip2", ["-dc"], "bzip2")
    case .lzma: ("xz", ["--format=lzma", "-dc"], "xz-utils")
    case .xz: ("xz", ["--format=xz", "-dc"], "xz-utils")
    case .lzo: ("lzop", ["-dc"], "lzop")
    case .lz4: ("lz4", ["-dc"], "lz4")
    case .zstd: ("zstd", ["-dc"], "zstd")
    }
  }

  /// What users have set for these programs is not for this.
  private static let environment: [String: String?] = [
    "GZIP": nil, "BZIP2": nil, "XZ_OPT": nil, "XZ_DEFAULTS": nil, "LZOP": nil, "LC_ALL": "C",
  ]
  private static let memoryLimit: UInt64 = 1 << 30

  /// What is in the data.
  ///
  /// - Parameter limit: the most bytes that may come out.
  /// - Throws: `KernelRefusal`, `ToolError`.
  func unpacked(_ bytes: [UInt8], limit: Int) async throws -> [UInt8] {
    let result = try await run(on: bytes, limit: limit)
    if isWhole(result) { return result.standardOutput }
    // Before Linux 5.18 the build appended the unpacked size to all but gzip's.
    // What comes out before a program stumbles over it is no size to go by: lz4 1.10 keeps it back.
    if self != .gzip, let size = bytes.littleEndian32(at: bytes.count - 4) {
      let again = try await run(on: bytes.dropLast(4), limit: limit)
      if isWhole(again), again.standardOutput.count == Int(size) { return again.standardOutput }
    }
    throw KernelRefusal("its \(rawValue) data is cut or damaged: copy or build it again")
  }

  private func run(on bytes: [UInt8], limit: Int) async throws -> ToolResult {
    do {
      return try await ToolCommand(
        .named(command.program), command.arguments, environment: Self.environment,
        memoryLimit: Self.memoryLimit
      ).collect(input: bytes, limit: limit)
    } catch let error as ToolError {
      switch error.reason {
      case .notFound where error.program == command.program:
        throw KernelRefusal(
          "it is \(rawValue) data, which \(command.program) unpacks: install the package "
            + "\(command.package)")
      case .tooMuchOutput:
        throw KernelRefusal("its \(rawValue) data has more than \(limit >> 20) MiB in it")
      default: throw error
      }
    }
  }

  /// gzip ends with 2 where something follows the data, as the device tree in an Image.gz-dtb
  /// (gzip(1), "Diagnostics").
  private func isWhole(_ result: ToolResult) -> Bool {
    guard !result.standardOutput.isEmpty else { return false }
    return result.status.isSuccess || self == .gzip && result.status == .exited(2)
  }
}
