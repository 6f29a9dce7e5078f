// SPDX-License-Identifier: Apache-2.0

import BootLogs
import HostFiles
import KernelFiles
import Records
import SystemPackage

/// What a file is that a command may be given, by its first bytes and words.
enum FileKind: Hashable, Sendable, CaseIterable {
  case board
  case matrix
  case treeBlob
  case treeSource
  case kernelImage
  case kernelConfiguration
  case bootLog
  /// The folder of a run, or of many.
  case runs

  /// Nil for what is not there, and for what could be anything.
  init?(of path: FilePath) {
    if HostFile.isDirectory(path) {
      let names = [RunFolder.recordName, MatrixFolder.planName]
      guard names.contains(where: { HostFile.exists(path.appending($0)) }) else { return nil }
      self = .runs
      return
    }
    guard let head = try? HostFile.head(of: path, count: Self.headSize) else { return nil }
    switch KernelForm(head) {
    // With a kernel in it, a .config, a log, or both of the first.
    case .compressed, .debianPackage: return nil
    default: break
    }
    if let kind = Self.binary(head) {
      self = kind
      return
    }
    let text = String(decoding: head, as: UTF8.self)
    if let kind = Self.text(text, extension: path.extension) {
      self = kind
    } else if !BootLog(head).boots.isEmpty {
      self = .bootLog
    } else {
      return nil
    }
  }

  /// A serial capture may begin with as much of the boot loader's.
  private static let headSize = 64 << 10

  private static func binary(_ head: [UInt8]) -> FileKind? {
    func has(_ magic: [UInt8], at offset: Int) -> Bool {
      head.dropFirst(offset).starts(with: magic)
    }
    // FDT_MAGIC of the devicetree specification, 5.2; a FIT is a tree with a node for its images.
    if has([0xd0, 0x0d, 0xfe, 0xed], at: 0) {
      // Behind the last byte of a node's tag, FDT_BEGIN_NODE.
      return contains([1] + Array("images\0".utf8), in: head) ? .kernelImage : .treeBlob
    }
    let isImage =
      KernelForm(head) == .uImage
      // ARM64_IMAGE_MAGIC of Documentation/arch/arm64/booting.rst; a zImage's of arch/arm/boot/compressed
      // /head.S; ELF and EFI.
      || has(Array("ARM\u{64}".utf8), at: 56) || has([0x18, 0x28, 0x6f, 0x01], at: 36)
      || has([0x7f] + Array("ELF".utf8), at: 0) || has(Array("MZ".utf8), at: 0)
    return isImage ? .kernelImage : nil
  }

  /// `firstRange(of:)` takes some 100 times as long.
  private static func contains(_ name: [UInt8], in head: [UInt8]) -> Bool {
    var rest = head[...]
    while let start = rest.firstIndex(of: name[0]) {
      if rest[start...].starts(with: name) { return true }
      rest = rest[(start + 1)...]
    }
    return false
  }

  private static func text(_ text: String, extension suffix: String?) -> FileKind? {
    if ["dts", "dtsi", "dtso"].contains(suffix) { return .treeSource }
    let lines = text.split(whereSeparator: \.isNewline)
    func has(_ prefix: String) -> Bool { lines.contains { $0.hasPrefix(prefix) } }
    if has("/dts-v1/") || has("/plugin/") { return .treeSource }
    if has("physical-ram:"), has("layouts:") { return .board }
    if has("axes:") { return .matrix }
    if has("CONFIG_") { return .kernelConfiguration }
    return nil
  }
}

extension FileKind: CustomStringConvertible {
  var description: String {
    switch self {
    case .board: "a board file"
    case .matrix: "a matrix file"
    case .treeBlob: "a device tree, as a blob"
    case .treeSource: "a device tree's source"
    case .kernelImage: "a kernel's image"
    case .kernelConfiguration: "a kernel's .config"
    case .bootLog: "a boot log"
    case .runs: "the folder of a run or a matrix"
    }
  }
}
